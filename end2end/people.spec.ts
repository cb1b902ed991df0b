// People: those one has dealt with or added, and what lies between two. Never a directory.

import type { Page } from "@playwright/test";
import { expect, masked, movements, newPhone, type Person, test } from "./fixtures";

/** Adds somebody by what is typed, up to their page or the refusal. */
async function add(page: Page, to: string) {
  await page.goto("/people");
  await page.getByLabel("Phone number or handle", { exact: true }).fill(to);
  await page.getByRole("button", { name: "Add", exact: true }).click();
}

/** Gives somebody a handle that nobody has. */
async function chooseHandle(person: Person): Promise<string> {
  const handle = `h_${newPhone()}`;
  expect((await person.submit("/settings/profile", { handle })).status()).toBe(303);
  return handle;
}

function listed(page: Page, section: "Favourites" | "Everybody else" | "Your people") {
  return page.getByRole("region", { name: section }).getByRole("listitem");
}

/** Id of somebody, by the address of the page that adding them leads to. */
async function idOf(asker: Person, other: Person): Promise<string> {
  const answer = await asker.submit("/people", { to: other.phone });
  expect(answer.status()).toBe(303);
  return answer.headers().location.split("/").pop() ?? "";
}

test("somebody is added by the whole number and told apart by a masked one, and nobody is told", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  const { page } = asha;
  await page.goto("/people");
  await expect(page.getByRole("heading", { name: "Nobody yet" })).toBeVisible();
  await add(page, meera.phone);
  await expect(page).toHaveURL(/\/people\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Meera Krishnan");
  await expect(page.getByRole("main")).toContainText(masked(meera.phone));
  await expect(page.getByRole("main")).toContainText("No money has moved between you.");
  expect(await page.content()).not.toContain(meera.phone);

  await meera.page.goto("/people");
  await expect(meera.page.getByRole("heading", { name: "Nobody yet" })).toBeVisible();
  await page.getByRole("button", { name: "Remove from your people" }).click();
  await expect(page).toHaveURL("/people");
  await expect(page.getByRole("heading", { name: "Nobody yet" })).toBeVisible();
});

test("somebody is added by the whole handle in any case, and by no part of it", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  const handle = await chooseHandle(meera);
  await add(asha.page, `@${handle.slice(0, -1)}`);
  const field = asha.page.getByLabel("Phone number or handle", { exact: true });
  await expect(field).toHaveAccessibleDescription(/Nobody has this handle/);
  await expect(field).toHaveValue(`@${handle.slice(0, -1)}`);
  await add(asha.page, ` @${handle.toUpperCase()}`);
  await expect(asha.page.getByRole("heading", { level: 1 })).toHaveText("Meera Krishnan");
  await expect(asha.page.getByRole("main")).toContainText(`@${handle} · ${masked(meera.phone)}`);
});

test("nobody is found by a name, a part of a number, or nothing, and nobody adds themself", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  const refused: [string, RegExp][] = [
    ["", /Enter a phone number, or a handle/],
    ["Meera Krishnan", /ten digits/],
    [meera.phone.slice(0, 9), /ten digits/],
    [newPhone(), /Nobody with this number uses OKANE/],
    ["@%", /3 to 20 characters/],
    [asha.phone, /This is you/],
  ];
  for (const [typed, sentence] of refused) {
    await add(asha.page, typed);
    await expect(asha.page.getByRole("alert")).toBeVisible();
    await expect(asha.page.getByLabel("Phone number or handle", { exact: true })).toHaveAccessibleDescription(sentence);
  }
});

test("favourites come first, and a search finds only among one's own", async ({ newcomer }) => {
  const [asha, meera, farhan] = [await newcomer(), await newcomer("Meera Krishnan"), await newcomer("Farhan Qureshi")];
  await asha.addMoney(100_00);
  await asha.pay(farhan, 1_00);
  await asha.pay(meera, 1_00);
  const { page } = asha;
  await page.goto("/people");
  await expect(listed(page, "Your people")).toHaveText([/Meera Krishnan/, /Farhan Qureshi/]);
  await page.getByRole("button", { name: "Star Farhan Qureshi" }).click();
  await expect(page).toHaveURL("/people");
  await expect(listed(page, "Favourites")).toHaveText([/Farhan Qureshi/]);
  await expect(listed(page, "Everybody else")).toHaveText([/Meera Krishnan/]);
  await page.goto("/send");
  await expect(page.getByRole("navigation", { name: "Your people" }).getByRole("listitem")).toHaveText([/Farhan/, /Meera/]);

  await newcomer("Meera Stranger");
  await page.goto("/people");
  await page.getByLabel("Search your people", { exact: true }).fill("mEERA");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page).toHaveURL("/people?search=mEERA");
  await expect(listed(page, "Your people")).toHaveText([/Meera Krishnan/]);
  await page.getByLabel("Search your people", { exact: true }).fill("Stranger");
  await page.getByRole("button", { name: "Search" }).click();
  await expect(page.getByRole("main")).toContainText("None of your people has this");
  await page.getByRole("link", { name: "All your people" }).click();
  await page.getByRole("button", { name: "Remove star from Farhan Qureshi" }).click();
  await expect(page.getByRole("region", { name: "Favourites" })).toHaveCount(0);
});

test("what lies between two is told in words and figures, from both sides", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.pay(meera, 30_00, "Train, both seats");
  await meera.pay(asha, 7_50, "Train, back");
  await asha.page.goto("/people");
  await asha.page.getByRole("link", { name: "Meera Krishnan" }).click();
  const main = asha.page.getByRole("main");
  await expect(main).toContainText("You have sent ₹22.50 more than you received.");
  const sums = asha.page.getByRole("region", { name: "Between you" });
  await expect(sums.getByRole("row")).toHaveText([/You sent.*minus ₹30\.00/, /You received.*plus ₹7\.50/, /Net.*minus ₹22\.50/]);
  await expect(sums).toContainText("2 payments since today");
  await expect(movements(asha.page, "Train")).toHaveText([/Train, back/, /Train, both seats/]);
  await movements(asha.page, "Train, back").getByRole("link").click();
  await expect(asha.page).toHaveURL(/\/receipts\//);
  await asha.page.getByRole("main").getByRole("link", { name: "Meera Krishnan" }).click();
  await expect(asha.page.getByRole("heading", { level: 1 })).toHaveText("Meera Krishnan");

  await meera.page.goto("/people");
  await meera.page.getByRole("link", { name: "Asha Rao" }).click();
  await expect(meera.page.getByRole("main")).toContainText("You have received ₹22.50 more than you sent.");
  await meera.pay(asha, 22_50);
  await meera.page.reload();
  await expect(meera.page.getByRole("main")).toContainText("You are even");
  await expect(movements(meera.page, "Without a note")).toHaveCount(1);
});

test("plain links lead through everything between two, once, while more comes in", async ({ newcomer }) => {
  test.slow();
  const [asha, meera, farhan] = [await newcomer(), await newcomer("Meera Krishnan"), await newcomer("Farhan Qureshi")];
  await asha.addMoney(500_00);
  const sent: string[] = [];
  for (let i = 0; i < 32; i++) sent.push(await asha.pay(meera, 100 + i, `Number ${i}`));
  await asha.pay(farhan, 1_00, "Number 99");
  const { page } = meera;
  const id = await idOf(meera, asha);
  const seen: string[] = [];
  await page.goto(`/people/${id}`);
  for (;;) {
    const links = movements(page, "Number").getByRole("link");
    await expect(links.first()).toBeVisible();
    for (const link of await links.all()) seen.push((await link.getAttribute("href")) ?? "");
    const older = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Older" });
    if ((await older.count()) === 0) break;
    // The link as it was read: an open page takes in what comes, and its link then leads on from there.
    const next = (await older.getAttribute("href")) ?? "";
    await asha.pay(meera, 1_00, "In between");
    await page.goto(next);
    expect(seen.length).toBeLessThan(100);
  }
  expect(seen.sort()).toEqual(sent.map((id) => `/receipts/${id}`).sort());
  await page.getByRole("link", { name: "Newest" }).click();
  await expect(page).toHaveURL(`/people/${id}`);
  await expect(movements(page, "In between")).toHaveCount(1);
});

test("a payment begins at a person, whose number its sender never sees", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.meet(meera);
  const id = await idOf(asha, meera);
  const { page } = asha;
  await page.goto(`/people/${id}`);
  await page.getByRole("main").getByRole("link", { name: "Send", exact: true }).click();
  await expect(page).toHaveURL(`/send?to=${id}`);
  const to = page.getByRole("group", { name: "To" });
  await expect(to).toContainText(`Meera Krishnan${masked(meera.phone)}`);
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByRole("alert")).toContainText("Nothing was sent. No money moved.");
  await expect(to, "whom one chose stays chosen").toContainText("Meera Krishnan");
  await page.getByLabel("Amount", { exact: true }).fill("12.50");
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByRole("main")).toContainText(masked(meera.phone));
  await page.getByRole("link", { name: "Back to the form" }).click();
  await expect(to).toContainText("Meera Krishnan");
  await expect(page.getByLabel("Amount", { exact: true })).toHaveValue("12.50");
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByRole("button", { name: "Send ₹12.50" }).click();
  await expect(page).toHaveURL(/\/receipts\//);
  expect(await meera.balance()).toBe(12_50);
  expect(await page.content()).not.toContain(meera.phone);
});

test("money is sent to a handle, on the page and by the API, and the number stays unknown", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const handle = await chooseHandle(meera);
  const { page } = asha;
  await page.goto(`/send?to=@${handle}`);
  await expect(page.getByLabel("To", { exact: true })).toHaveValue(`@${handle}`);
  await page.getByLabel("Amount", { exact: true }).fill("5");
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByRole("main")).toContainText("Meera Krishnan");
  await expect(page.getByRole("main")).toContainText(`@${handle}`);

  const paid = await asha.transfer({ to: `@${handle.toUpperCase()}`, amount_minor: 2_00 });
  expect(paid.status(), await paid.text()).toBe(201);
  const { id, to } = await paid.json();
  expect(to).toBe(`@${handle}`);
  const again = await asha.get(`/api/v1/transfers/${id}`);
  expect([again.to, JSON.stringify(again).includes(meera.phone)]).toEqual([`@${handle}`, false]);
  const unknown = await asha.transfer({ to: "@nobody_has_this", amount_minor: 1 });
  expect([unknown.status(), (await unknown.json()).type]).toEqual([422, "/problems/unknown-payee"]);
});

test("a stranger is not there, exactly as nobody is not there", async ({ newcomer }) => {
  const [asha, meera, mallory] = [await newcomer(), await newcomer("Meera Krishnan"), await newcomer("Mallory")];
  const id = await idOf(asha, meera);
  const { page } = mallory;
  const see = async (path: string) => [(await page.goto(path))?.status(), await page.getByRole("main").innerText()];
  const nobody = await see("/people/0192f3a1-7b2c-7def-8123-456789abcdef");
  expect(nobody[0]).toBe(404);
  expect(await see(`/people/${id}`)).toEqual(nobody);
  expect(await see("/people/nonsense")).toEqual(nobody);
  await page.goto(`/send?to=${id}`);
  await expect(page.getByLabel("To", { exact: true })).toHaveValue("");
  const key = await page.locator("input[name=key]").inputValue();
  const forced = await mallory.submit("/send", { person: id, amount: "1", note: "", key });
  expect(forced.status()).toBe(422);
  expect(await forced.text()).toContain("You have not dealt with this person");
  for (const form of [{ favourite: "1" }, { remove: "1" }]) {
    expect((await mallory.submit(`/people/${id}`, form)).status()).toBe(404);
  }
});

test("an odd name is shown as it is and does nothing", async ({ newcomer }) => {
  const name = "<img src=x onerror=alert(1)>";
  const [asha, mallory] = [await newcomer(), await newcomer(name)];
  await mallory.addMoney(10_00);
  await mallory.pay(asha, 1_00, "</script><script>alert(2)</script>");
  await asha.page.goto("/people");
  await asha.page.getByRole("link", { name }).click();
  await expect(asha.page.getByRole("heading", { level: 1 })).toHaveText(name);
  await expect(movements(asha.page, "</script><script>alert(2)</script>")).toHaveCount(1);
  await asha.page.goto(`/people?search=${encodeURIComponent('"><script>alert(3)</script>')}`);
  await expect(asha.page.getByLabel("Search your people", { exact: true })).toHaveValue('"><script>alert(3)</script>');
});

test("the way back after a star leads to no other site", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  const id = await idOf(asha, meera);
  for (const next of ["//evil.example", "https://evil.example", "/\\evil.example", ""]) {
    const answer = await asha.submit(`/people/${id}`, { favourite: "1", next });
    expect([answer.status(), answer.headers().location]).toEqual([303, `/people/${id}`]);
  }
});
