// Money from a bank: what may be asked, what the bank answers, and who learns what on the way.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { BANK, deliver, expect, movements, paymentOf, test, WEBHOOK } from "./fixtures";

async function askFor(page: Page, amount: string, bank = "Deccan Savings") {
  await page.goto("/add-money");
  await page.getByLabel("Amount", { exact: true }).fill(amount);
  await page.getByLabel("Bank", { exact: true }).selectOption(bank);
  await page.getByRole("button", { name: "Continue to bank" }).click();
}

test("an amount that cannot be asked for is answered with a sentence and stays as it was typed", async ({ newcomer }) => {
  test.slow();
  const asha = await newcomer();
  const { page } = asha;
  const refused: [string, RegExp][] = [
    ["", /Enter an amount/],
    ["0", /more than ₹0\.00/],
    ["-500", /more than ₹0\.00/],
    ["0.99", /least you can move at a time is ₹1\b/],
    ["100000.01", /most you can move at a time is ₹1,00,000/],
    ["999999999999999999999", /most you can move at a time is ₹1,00,000/],
    ["1.234", /at most two decimals/],
    ["1,50", /in figures/],
    ["five hundred", /in figures/],
    ["५००", /in figures/],
    ["1e3", /in figures/],
  ];
  for (const [typed, sentence] of refused) {
    await askFor(page, typed);
    await expect(page.getByRole("alert"), typed).toContainText("No money moved.");
    await expect(page.getByLabel("Amount", { exact: true })).toHaveValue(typed);
    await expect(page.getByLabel("Amount", { exact: true })).toHaveAccessibleDescription(sentence);
    await expect(page.getByLabel("Bank", { exact: true })).toHaveValue("deccan");
  }
  expect(await asha.activity()).toEqual([]);
});

test("an amount is answered while it is typed", { tag: "@js" }, async ({ newcomer }) => {
  const { page } = await newcomer();
  await page.goto("/add-money");
  const amount = page.getByLabel("Amount", { exact: true });
  await amount.fill("1234.5");
  const inWords = /One thousand two hundred thirty-four rupees and fifty paise/;
  await expect(amount).toHaveAccessibleDescription(inWords, { timeout: 20_000 }); // until the script is there
  await amount.fill("100001");
  await amount.blur();
  await expect(amount).toHaveAccessibleDescription(/most you can move at a time is ₹1,00,000/);
  await page.getByRole("link", { name: "₹5,000", exact: true }).click();
  await expect(amount).toHaveValue("5000");
  await expect(page).toHaveURL("/add-money");
});

test("the smallest and the largest amount go to the bank", async ({ newcomer }) => {
  const { page } = await newcomer();
  for (const [typed, shown] of [["₹1", "1.00"], ["1,00,000", "1,00,000.00"]]) {
    await askFor(page, typed);
    await expect(page.getByRole("row", { name: /^Amount/ })).toContainText(shown);
  }
});

test("a bank must be chosen", async ({ newcomer }) => {
  const asha = await newcomer();
  await askFor(asha.page, "500", "Choose a bank");
  await expect(asha.page.getByLabel("Bank", { exact: true })).toHaveAccessibleDescription(/Choose one of the banks/);
  await expect(asha.page.getByLabel("Amount", { exact: true })).toHaveValue("500");
  expect(await asha.activity()).toEqual([]);
});

test("what no form of ours sends is refused, and the bank hears nothing", async ({ newcomer }) => {
  const asha = await newcomer();
  const twice = await asha.request.post("/add-money", {
    data: `amount=1&amount=2&bank=deccan&key=${randomUUID()}`,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  });
  expect(twice.status()).toBe(400);
  for (const amount of ["١٠", "１０", "NaN", "Infinity", "0x10", "1;2"]) {
    expect((await asha.submit("/add-money", { amount, bank: "deccan", key: randomUUID() })).status(), amount).toBe(422);
  }
  expect((await asha.submit("/add-money", { amount: "10", bank: "hdfc", key: randomUUID() })).status()).toBe(422);
  expect((await asha.submit("/add-money", { amount: "10", bank: "deccan", key: "" })).status()).toBe(422);
  expect(await asha.activity()).toEqual([]);
});

test("a payment that is declined moves nothing, and stays in the activity", async ({ newcomer }) => {
  const asha = await newcomer();
  const { page } = asha;
  await askFor(page, "750");
  await page.getByRole("button", { name: "Decline payment" }).click();
  await expect(page).toHaveURL(/\/add-money\/[0-9a-f-]{36}$/);
  const status = new URL(page.url()).pathname;
  await expect(page.getByText("Declined by the bank", { exact: true })).toBeVisible();
  await expect(page.getByRole("main")).toContainText("No money moved.");
  expect(await asha.balance()).toBe(0);

  await page.goto("/activity");
  const attempt = movements(page, "Deccan Savings");
  await expect(attempt).toContainText("Declined");
  await expect(attempt).toContainText("₹750.00");
  await expect(attempt).not.toContainText("Balance after");
  await attempt.getByRole("link").click();
  await expect(page).toHaveURL(status);
});

test("a success that comes after the failure is never credited", async ({ newcomer }) => {
  const asha = await newcomer();
  const { id, payment } = await asha.askBank(750_00);
  expect(await deliver(asha.page, payment, { type: "payment.failed" })).toEqual([200]);
  expect(await deliver(asha.page, payment, { type: "payment.succeeded", times: 3 })).toEqual([200, 200, 200]);
  await asha.page.goto(`/add-money/${id}`);
  await expect(asha.page.getByText("Declined by the bank", { exact: true })).toBeVisible();
  await expect(asha.page.getByRole("main")).toContainText("held, outside your wallet");
  expect(await asha.balance()).toBe(0);
});

test("a wrong amount, a forged signature and an old message are refused; the true one is credited once", async ({ newcomer }) => {
  const asha = await newcomer();
  const { payment } = await asha.askBank(500_00);
  const type = "payment.succeeded";
  expect(await deliver(asha.page, payment, { type, amount_minor: 500_01 })).toEqual([422]);
  expect(await deliver(asha.page, payment, { type, break_signature: true })).toEqual([401]);
  expect(await deliver(asha.page, payment, { type, skew_s: -600 })).toEqual([401]);
  expect(await deliver(asha.page, payment, { type, skew_s: 600 })).toEqual([401]);
  expect(await asha.balance()).toBe(0);
  const answers = await deliver(asha.page, payment, { type, times: 8 });
  expect(new Set(answers)).toEqual(new Set([200]));
  await expect.poll(() => asha.balance()).toBe(500_00);
  expect(await deliver(asha.page, payment, { type: "payment.failed" })).toEqual([200]);
  expect(await asha.balance()).toBe(500_00);
});

test("a form that is sent twice asks the bank once", async ({ newcomer }) => {
  const asha = await newcomer();
  await asha.page.goto("/add-money");
  await asha.page.getByLabel("Amount", { exact: true }).fill("500");
  await asha.page.getByLabel("Bank", { exact: true }).selectOption("Malwa Co-operative");
  await asha.page.getByRole("button", { name: "Continue to bank" }).dblclick();
  await expect(asha.page.getByRole("button", { name: "Approve payment" })).toBeVisible();
  expect(await asha.activity()).toHaveLength(1);

  const form = { amount: "700", bank: "deccan", key: randomUUID() };
  const answers = await Promise.all(Array.from({ length: 6 }, () => asha.submit("/add-money", form)));
  expect(new Set(answers.map((answer) => answer.status()))).toEqual(new Set([303]));
  expect(new Set(answers.map((answer) => answer.headers()["location"])).size).toBe(1);
  expect(await asha.activity()).toHaveLength(2);
});

test("the status page follows the bank by itself", async ({ newcomer }) => {
  const asha = await newcomer();
  const { id, payment } = await asha.askBank(500_00);
  await asha.page.goto(`/add-money/${id}`);
  await expect(asha.page.getByText("Processing", { exact: true })).toBeVisible();
  await expect(asha.page.getByRole("main")).toContainText("Nothing is in your wallet until the bank confirms");
  await deliver(asha.page, payment, { type: "payment.succeeded" });
  await expect(asha.page.getByText("Added to your wallet", { exact: true })).toBeVisible({ timeout: 20_000 });
  await asha.page.getByRole("link", { name: "See the receipt" }).click();
  await expect(asha.page.getByRole("heading", { level: 1 })).toHaveAccessibleName("₹500.00 added from Deccan Savings");
});

test("money that is on its way is on the home page, and is not counted", async ({ newcomer }) => {
  const asha = await newcomer();
  const { id } = await asha.askBank(500_00);
  await asha.page.goto("/home");
  await expect(asha.page.getByRole("heading", { level: 1 })).toHaveAccessibleName(/₹0\.00/);
  await asha.page.getByRole("link", { name: "See each step" }).click();
  await expect(asha.page).toHaveURL(`/add-money/${id}`);
});

test("the browser never learns the token and never talks to the webhook", async ({ newcomer }) => {
  const asha = await newcomer();
  const { page } = asha;
  const addresses: string[] = [];
  const bodies: Promise<string>[] = [];
  page.on("request", (request) => addresses.push(request.url(), request.postData() ?? ""));
  page.on("response", (response) => {
    if (response.headers()["content-type"] === "text/event-stream") return; // has no end while the page is open
    const headers = JSON.stringify(response.headers());
    const body = response.text().catch(() => ""); // a redirect has none
    bodies.push(body.then((body) => `${response.url()} ${headers} ${body}`));
  });

  await askFor(page, "500");
  const payment = await paymentOf(page, page.url());
  await page.getByRole("button", { name: "Approve payment" }).click();
  await expect(page.getByText("Added to your wallet", { exact: true })).toBeVisible();
  await page.getByRole("link", { name: "See the receipt" }).click();
  await page.goto("/activity");

  expect(payment.token.length).toBeGreaterThanOrEqual(22);
  const seen = [...addresses, ...(await Promise.all(bodies)), JSON.stringify(await page.context().cookies())];
  expect(seen.length).toBeGreaterThan(10);
  expect(seen.filter((text) => text.includes(payment.token))).toEqual([]);
  expect(addresses.filter((address) => address.startsWith(WEBHOOK))).toEqual([]);
  expect(addresses.some((address) => address.startsWith(BANK))).toBe(true);
});

test("somebody else's intent is not there", async ({ newcomer }) => {
  const [asha, stranger] = [await newcomer(), await newcomer("Mallory")];
  const { id } = await asha.askBank(500_00);
  expect((await stranger.page.goto(`/add-money/${id}`))?.status()).toBe(404);
  const theirs = await stranger.page.getByRole("main").innerText();
  expect((await stranger.page.goto(`/add-money/${randomUUID()}`))?.status()).toBe(404);
  expect(await stranger.page.getByRole("main").innerText()).toBe(theirs);
  expect((await stranger.request.get(`/api/v1/on-ramps/${id}`)).status()).toBe(404);
});
