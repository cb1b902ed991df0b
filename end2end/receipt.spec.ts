// Receipts: for their two people, and for nobody else.

import { randomUUID } from "node:crypto";
import { expect, test } from "./fixtures";

test("a stranger sees the same as where there is nothing", async ({ newcomer }) => {
  const [asha, meera, mallory] = [await newcomer(), await newcomer("Meera Krishnan"), await newcomer("Mallory")];
  await asha.addMoney(100_00);
  const transfer = await asha.pay(meera, 10_00, "A private matter");
  const { page } = mallory;

  expect((await page.goto(`/receipts/${transfer}`))?.status()).toBe(404);
  const theirs = await page.getByRole("main").innerText();
  expect((await page.goto(`/receipts/${randomUUID()}`))?.status()).toBe(404);
  expect(await page.getByRole("main").innerText()).toBe(theirs);
  expect((await page.goto("/receipts/nonsense"))?.status()).toBe(404);
  expect(await page.getByRole("main").innerText()).toBe(theirs);

  const foreign = await mallory.request.get(`/api/v1/transfers/${transfer}`);
  const madeUp = await mallory.request.get(`/api/v1/transfers/${randomUUID()}`);
  expect([foreign.status(), madeUp.status()]).toEqual([404, 404]);
  expect(await foreign.text()).toBe(await madeUp.text());
});

test("whoever is not signed in is led to the door, and from there to the receipt", async ({ newcomer, page }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const transfer = await asha.pay(meera, 10_00, "A private matter");
  await page.goto(`/receipts/${transfer}`);
  await expect(page).toHaveURL(`/sign-in?next=/receipts/${transfer}`);
  expect(await page.content()).not.toContain("A private matter");
});

test("the receipt of a top-up leads to each of its steps", async ({ newcomer }) => {
  const asha = await newcomer();
  await asha.addMoney(100_00);
  await asha.page.goto("/activity");
  await asha.page.getByRole("main").getByRole("listitem").getByRole("link").click();
  await expect(asha.page.getByRole("heading", { level: 1 })).toHaveAccessibleName("₹100.00 added from Deccan Savings");
  await asha.page.getByRole("link", { name: "See each step of the top-up" }).click();
  await expect(asha.page.getByText("Added to your wallet", { exact: true })).toBeVisible();
});
