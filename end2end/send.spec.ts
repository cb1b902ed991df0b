// Money to a person: what is refused and how, and that one intention moves money once.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { askToSend, expect, newPhone, type Person, test } from "./fixtures";

/** Fills the form in up to the review page. */
async function review(page: Page, to: Person, amount: string) {
  await askToSend(page, to.phone, amount, "Chai");
  await expect(page).toHaveURL(/\/send\/review\?draft=/);
}

const sendButton = (page: Page) => page.getByRole("button", { name: /^Send ₹/ });

test("what cannot be sent is answered with a sentence and stays as it was typed", async ({ newcomer }) => {
  test.slow();
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const refused: { to?: string; amount?: string; field: "To" | "Amount"; sentence: RegExp }[] = [
    { amount: "", field: "Amount", sentence: /Enter an amount/ },
    { amount: "0", field: "Amount", sentence: /more than ₹0\.00/ },
    { amount: "-5", field: "Amount", sentence: /more than ₹0\.00/ },
    { amount: "−5", field: "Amount", sentence: /more than ₹0\.00/ },
    { amount: "1.234", field: "Amount", sentence: /at most two decimals/ },
    { amount: "100000.01", field: "Amount", sentence: /most you can move at a time is ₹1,00,000/ },
    { amount: "9223372036854775808", field: "Amount", sentence: /most you can move at a time is ₹1,00,000/ },
    { amount: "ten", field: "Amount", sentence: /in figures/ },
    { amount: "1e2", field: "Amount", sentence: /in figures/ },
    { amount: "100.01", field: "Amount", sentence: /You have ₹100\.00 to spend.*No money moved/ },
    { to: "", field: "To", sentence: /Enter a phone number/ },
    { to: "12345", field: "To", sentence: /ten digits/ },
    { to: "<b>98</b>", field: "To", sentence: /ten digits/ },
    { to: asha.phone, field: "To", sentence: /your own number.*No money moved/ },
    { to: `+91 ${asha.phone}`, field: "To", sentence: /your own number.*No money moved/ },
    { to: newPhone(), field: "To", sentence: /Nobody with this number uses OKANE.*No money moved/ },
  ];
  for (const { to = meera.phone, amount = "10", field, sentence } of refused) {
    await test.step(`to ${to || "nobody"}, ₹${amount || "nothing"}`, async () => {
      await askToSend(asha.page, to, amount, "For the concert");
      await expect(asha.page.getByRole("alert")).toContainText("No money moved.");
      await expect(asha.page.getByLabel(field, { exact: true })).toHaveAccessibleDescription(sentence);
      await expect(asha.page.getByLabel(field, { exact: true })).toHaveAttribute("aria-invalid", "true");
      await expect(asha.page.getByLabel("To", { exact: true })).toHaveValue(to);
      await expect(asha.page.getByLabel("Amount", { exact: true })).toHaveValue(amount);
      await expect(asha.page.getByLabel("Note", { exact: true })).toHaveValue("For the concert");
    });
  }
  expect(await asha.balance()).toBe(100_00);
  expect(await meera.activity()).toEqual([]);
});

test("a note longer than its field is refused by the server too", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.page.goto("/send");
  await asha.page.getByLabel("Note", { exact: true }).evaluate((note) => note.removeAttribute("maxlength"));
  await asha.page.getByLabel("To", { exact: true }).fill(meera.phone);
  await asha.page.getByLabel("Amount", { exact: true }).fill("10");
  await asha.page.getByLabel("Note", { exact: true }).fill("x".repeat(141));
  await asha.page.getByRole("button", { name: "Review" }).click();
  await expect(asha.page.getByLabel("Note", { exact: true })).toHaveAccessibleDescription(/at most 140 characters/);
  await expect(asha.page.getByLabel("Note", { exact: true })).toHaveValue("x".repeat(141));
});

test("what no form of ours sends is refused, and nothing moves", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const headers = { "Content-Type": "application/x-www-form-urlencoded" };
  const twice = `to=${meera.phone}&amount=1&amount=2&note=&key=${randomUUID()}`;
  expect((await asha.request.post("/send", { data: twice, headers })).status()).toBe(400);
  for (const amount of ["١٠", "１０", "NaN", "1e400", "0x10", "1,0", "- 5"]) {
    const form = { to: meera.phone, amount, note: "", key: randomUUID() };
    expect((await asha.submit("/send", form)).status(), amount).toBe(422);
  }
  for (const draft of ["", "nonsense", randomUUID()]) {
    expect((await asha.submit("/send/review", { draft })).status(), draft).not.toBe(303);
  }
  expect(await asha.balance()).toBe(100_00);
});

test("the API takes whole positive paise from the sender alone, and nothing else", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const amounts = ["-1", "0", "1.5", '"10"', "1e3", "9223372036854775808", "-9223372036854775808", "null", "[]", "true", "1e400", "10000001", "100_00"];
  const headers = { "Content-Type": "application/json" };
  for (const amount of amounts) {
    const data = `{"to":"${meera.phone}","amount_minor":${amount}}`;
    const answer = await asha.request.post("/api/v1/transfers", { data, headers: { ...headers, "Idempotency-Key": randomUUID() } });
    expect(answer.status(), amount).toBeGreaterThanOrEqual(400);
    expect(answer.status(), amount).toBeLessThan(500);
    expect(answer.headers()["content-type"], amount).toContain("application/problem+json");
  }
  const good = { to: meera.phone, amount_minor: 100 };
  expect((await asha.request.post("/api/v1/transfers", { data: good })).status(), "without a key").toBe(400);
  expect((await asha.transfer({ ...good, from: meera.phone })).status(), "with a field too many").toBe(400);
  expect((await asha.transfer({ ...good, to: asha.phone })).status(), "to oneself").toBe(422);
  expect((await asha.transfer({ ...good, to: newPhone() })).status(), "to nobody").toBe(422);
  expect((await asha.transfer({ ...good, amount_minor: 100_01 })).status(), "more than there is").toBe(422);
  expect([await asha.balance(), await meera.balance()]).toEqual([100_00, 0]);
});

test("a double click sends once", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.meet(meera);
  await review(asha.page, meera, "10");
  await sendButton(asha.page).dblclick();
  await expect(asha.page).toHaveURL(/\/receipts\//);
  expect([await asha.balance(), await meera.balance()]).toEqual([90_00, 10_00]);
});

test("reload, back and forward of a receipt move nothing and land on it again", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.meet(meera);
  await review(asha.page, meera, "10");
  await sendButton(asha.page).click();
  await expect(asha.page).toHaveURL(/\/receipts\//);
  const receipt = asha.page.url();

  await asha.page.reload();
  await expect(asha.page).toHaveURL(receipt);
  await asha.page.goBack(); // the review, which was carried out
  await expect(asha.page).toHaveURL(receipt);
  await expect(asha.page.getByRole("heading", { level: 1 })).toHaveAccessibleName("₹10.00 moved to Meera Krishnan");
  expect(await asha.balance()).toBe(90_00);
});

test("two tabs with one review lead to one receipt", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.meet(meera);
  await review(asha.page, meera, "10");
  const other = await asha.page.context().newPage();
  await other.goto(asha.page.url());
  await Promise.all([sendButton(asha.page).click(), sendButton(other).click()]);
  await expect(asha.page).toHaveURL(/\/receipts\//);
  await expect(other).toHaveURL(asha.page.url());
  expect([await asha.balance(), await meera.balance()]).toEqual([90_00, 10_00]);
});

test("a tab that was left open on the review finds the receipt later", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.meet(meera);
  await review(asha.page, meera, "10");
  const other = await asha.page.context().newPage();
  await other.goto(asha.page.url());
  await sendButton(asha.page).click();
  await expect(asha.page).toHaveURL(/\/receipts\//);
  await sendButton(other).click();
  await expect(other).toHaveURL(asha.page.url());
  expect(await asha.balance()).toBe(90_00);
});

test("a form that was carried out leads to its receipt when it is sent again", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.meet(meera);
  await review(asha.page, meera, "10");
  const key = new URL(asha.page.url()).searchParams.get("draft") ?? "";
  await sendButton(asha.page).click();
  await expect(asha.page).toHaveURL(/\/receipts\//);
  const receipt = new URL(asha.page.url()).pathname;

  const again = await asha.submit("/send", { to: meera.phone, amount: "10", note: "Chai", key });
  expect([again.status(), again.headers()["location"]]).toEqual([303, receipt]);
  const confirmed = await asha.submit("/send/review", { draft: key });
  expect([confirmed.status(), confirmed.headers()["location"]]).toEqual([303, receipt]);
  expect([await asha.balance(), await meera.balance()]).toEqual([90_00, 10_00]);
});

test("going back to the form keeps what was typed", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await review(asha.page, meera, "10");
  await asha.page.getByRole("link", { name: "Back to the form" }).click();
  await expect(asha.page.getByLabel("To", { exact: true })).toHaveValue(meera.phone);
  await expect(asha.page.getByLabel("Amount", { exact: true })).toHaveValue("10");
  await expect(asha.page.getByLabel("Note", { exact: true })).toHaveValue("Chai");
});

test("money that went elsewhere meanwhile is not sent twice: the review says so", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await review(asha.page, meera, "60");
  await asha.pay(meera, 50_00);
  await sendButton(asha.page).click();
  await expect(asha.page.getByRole("alert")).toContainText(/You have ₹50\.00 to spend.*No money moved/);
  expect([await asha.balance(), await meera.balance()]).toEqual([50_00, 50_00]);
});

test("one form sent for two payments shows each in a review of its own", async ({ newcomer }) => {
  const [asha, meera, farhan] = [await newcomer(), await newcomer("Meera Krishnan"), await newcomer("Farhan Qureshi")];
  await asha.addMoney(2_000_00);
  await asha.meet(meera);
  const review = async (to: string, amount: string) => {
    const form = { to, amount, note: "", key: "one-form" };
    const answer = await asha.page.request.post("/send", { form, maxRedirects: 0 });
    expect(answer.status()).toBe(303);
    return answer.headers()["location"] ?? "";
  };
  const first = await review(meera.phone, "100");
  const second = await review(farhan.phone, "1000");
  expect(second).not.toBe(first);
  await asha.page.goto(first);
  await expect(asha.page.getByRole("main")).toContainText("Meera Krishnan");
  await asha.page.getByRole("button", { name: "Send ₹100.00" }).click();
  await expect(asha.page.getByRole("heading", { level: 1 })).toContainText("Meera Krishnan");
  expect(await farhan.balance()).toBe(0);
  expect(await meera.balance()).toBe(100_00);
});

test("a draft is its writer's alone", async ({ newcomer }) => {
  const [asha, meera, mallory] = [await newcomer(), await newcomer("Meera Krishnan"), await newcomer("Mallory")];
  await asha.addMoney(100_00);
  await review(asha.page, meera, "10");
  const { pathname, search, searchParams } = new URL(asha.page.url());
  expect((await mallory.page.goto(pathname + search))?.status()).toBe(404);
  await expect(mallory.page.getByRole("main")).not.toContainText("Meera");
  expect((await mallory.submit("/send/review", { draft: searchParams.get("draft") ?? "" })).status()).not.toBe(303);
  expect(await asha.balance()).toBe(100_00);
});

test("one key of the API is one transfer, sixteen times at once, and belongs to its sender", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await Promise.all([asha.addMoney(100_00), meera.addMoney(100_00)]);
  const [key, body] = [randomUUID(), { to: meera.phone, amount_minor: 10_00 }];
  const answers = await Promise.all(Array.from({ length: 16 }, () => asha.transfer(body, key)));
  const ids = await Promise.all(answers.filter((answer) => answer.status() === 201).map(async (answer) => (await answer.json()).id));
  expect(ids.length).toBeGreaterThan(0);
  expect(new Set(ids).size).toBe(1);
  expect(answers.map((answer) => answer.status()).filter((status) => status !== 201 && status !== 409)).toEqual([]);
  expect(await asha.balance()).toBe(90_00);

  expect((await asha.transfer({ ...body, amount_minor: 11_00 }, key)).status(), "another body").toBe(422);
  expect((await asha.get(`/api/v1/transfers/by-key/${key}`)).id).toBe(ids[0]);
  const theirs = await meera.transfer({ to: asha.phone, amount_minor: 10_00 }, key);
  expect(theirs.status(), "another sender").toBe(201);
  expect((await theirs.json()).id).not.toBe(ids[0]);
  expect([await asha.balance(), await meera.balance()]).toEqual([100_00, 100_00]);
});
