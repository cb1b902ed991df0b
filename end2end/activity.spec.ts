// Everything that moved or tried to.

import { expect, movements, test } from "./fixtures";

test("plain links lead to every movement once, even while more come in", async ({ newcomer, javaScriptEnabled }) => {
  test.slow();
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(500_00);
  const sent = await Promise.all(Array.from({ length: 65 }, (_, i) => asha.pay(meera, 100 + i, `Number ${i}`)));

  const { page } = meera;
  const seen: string[] = [];
  await page.goto("/activity");
  for (;;) {
    const links = movements(page, "Asha Rao").getByRole("link");
    await expect(links.first()).toBeVisible();
    seen.push(...(await links.evaluateAll((links) => links.map((link) => link.getAttribute("href") ?? ""))));
    const older = page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Older" });
    if ((await older.count()) === 0) break;
    await asha.pay(meera, 1_00, "In between");
    const from = page.url();
    await older.click();
    await expect(page).not.toHaveURL(from);
    expect(seen.length).toBeLessThan(100);
  }
  // A live page takes in what comes, and its last row goes over to the next: seen there once more.
  const rows = javaScriptEnabled === false ? seen : [...new Set(seen)];
  expect(rows.sort()).toEqual(sent.map((id) => `/receipts/${id}`).sort());

  await page.getByRole("link", { name: "Newest" }).click();
  await expect(page).toHaveURL("/activity");
  await expect(movements(page, "In between").first()).toBeVisible();
});

test("movements stand under their day, newest first, each with the balance after it", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.pay(meera, 30_00, "Chai");
  await meera.pay(asha, 5_00, "Change");
  await asha.askBank(20_00, "malwa");

  const { page } = asha;
  await page.goto("/activity");
  await expect(page.getByRole("heading", { level: 3 })).toHaveCount(1);
  await expect(page.getByRole("heading", { level: 3 })).toHaveAccessibleName(/^Today, .* plus ₹75\.00$/);
  const rows = page.getByRole("main").getByRole("listitem");
  await expect(rows).toHaveCount(4);
  await expect(rows.nth(0)).toContainText("Malwa Co-operative");
  await expect(rows.nth(0)).toContainText("Processing");
  await expect(rows.nth(1)).toContainText("plus ₹5.00");
  await expect(rows.nth(1)).toContainText("Balance after: ₹75.00");
  await expect(rows.nth(2)).toContainText("minus ₹30.00");
  await expect(rows.nth(2)).toContainText("Balance after: ₹70.00");
  await expect(rows.nth(3)).toContainText("plus ₹100.00");
  await expect(rows.nth(3)).toContainText("Balance after: ₹100.00");
});

test("the home page shows the last five and leads to all", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  for (let i = 1; i <= 6; i++) await asha.pay(meera, i * 100, `Number ${i}`);
  await asha.page.goto("/home");
  await expect(movements(asha.page, /Number \d/)).toHaveCount(5);
  await expect(movements(asha.page, "Number 1")).toHaveCount(0);
  await asha.page.getByRole("link", { name: "All activity" }).click();
  await expect(movements(asha.page, /Number \d/)).toHaveCount(6);
});

test("somebody new is told that nothing has moved yet, and what to do", async ({ newcomer }) => {
  const { page } = await newcomer();
  await page.goto("/activity");
  await expect(page.getByRole("heading", { name: "Nothing has moved yet" })).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: "Add money" }).click();
  await expect(page).toHaveURL("/add-money");
});

test("a place in the activity that was made up is not there", async ({ newcomer }) => {
  const { page } = await newcomer();
  expect((await page.goto("/activity?before=%3Cscript%3E"))?.status()).toBe(404);
});
