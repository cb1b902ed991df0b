// Limits: lower at once, higher later, and a refusal is a sentence.

import type { Page } from "@playwright/test";
import { askToSend, expect, test } from "./fixtures";

/** Fills one of the three forms in and sends it. */
async function change(page: Page, which: string, to: string) {
  await page.getByLabel(`New limit ${which}`, { exact: true }).fill(to);
  await page.getByRole("button", { name: `Change the limit ${which}` }).click();
}

test("a lowered limit holds at once and refuses with a sentence", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const { page } = asha;
  await page.goto("/home");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Limits" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Limits");
  await change(page, "for one payment", "₹50");
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your limit for one payment is ₹50 now.");

  await askToSend(page, meera.phone, "60", "Chai");
  await expect(page.getByLabel("Amount", { exact: true })).toHaveAccessibleDescription("Your limit is ₹50 a transfer. No money moved.");
  await expect(page.getByLabel("Note", { exact: true })).toHaveValue("Chai");
  const refused = await asha.transfer({ to: meera.phone, amount_minor: 60_00 });
  expect([refused.status(), (await refused.json()).type]).toEqual([422, "/problems/above-limit"]);
  await asha.pay(meera, 50_00);
  expect([await asha.balance(), await meera.balance()]).toEqual([50_00, 50_00]);
});

test("what is used of a day and a month is shown, and what waits counts", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const { page } = asha;
  await page.goto("/settings/limits");
  await change(page, "for a day", "80");
  await asha.pay(meera, 30_00);
  await asha.hold(meera, 20_00, 3600);
  await page.goto("/settings/limits");
  const day = page.getByRole("region", { name: "A day" });
  await expect(day).toContainText("Up to ₹80.00");
  await expect(day).toContainText("₹50.00 used");
  await expect(day).toContainText("₹30.00 left");
  await expect(day.getByRole("progressbar", { name: "A day: used" })).toHaveAttribute("value", "5000");
  await expect(page.getByRole("region", { name: "A month" })).toContainText("₹9,99,950.00 left");
  await askToSend(page, meera.phone, "30.01");
  await expect(page.getByLabel("Amount", { exact: true })).toHaveAccessibleDescription(
    "Your limit is ₹80 a day, and ₹30 of it is left today. No money moved.",
  );
});

test("a raised limit holds later, and until then the old one does", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const { page } = asha;
  await page.goto("/settings/limits");
  await change(page, "for one payment", "50");
  await change(page, "for one payment", "80");
  await expect(page.getByRole("main").getByRole("status")).toContainText(/Your limit for one payment rises to ₹80 on .+, \d\d:\d\d\./);
  await expect(page.getByRole("main").getByRole("status")).toContainText("Until then it stays ₹50.");
  await page.goto("/settings/limits");
  const one = page.getByRole("region", { name: "One payment" });
  await expect(one).toContainText("Up to ₹50.00");
  await expect(one).toContainText(/Rises to ₹80 on .+, \d\d:\d\d\./);
  expect((await asha.transfer({ to: meera.phone, amount_minor: 60_00 })).status()).toBe(422);
});

test("what is no limit, or too high, is refused and stays as it was typed", async ({ newcomer }) => {
  const { page } = await newcomer();
  await page.goto("/settings/limits");
  const refused: [string, string, RegExp][] = [
    ["for one payment", "1,00,000.01", /at most ₹1,00,000\./],
    ["for a day", "3,00,000", /at most ₹2,00,000\./],
    ["for a day", "99999999999999999999", /at most ₹2,00,000\./],
    ["for a month", "lots", /in figures/],
    ["for a month", "", /Enter an amount/],
  ];
  for (const [which, typed, sentence] of refused) {
    await change(page, which, typed);
    await expect(page.getByRole("alert")).toContainText("The limit was not changed.");
    await expect(page.getByLabel(`New limit ${which}`, { exact: true })).toHaveAccessibleDescription(sentence);
    await expect(page.getByLabel(`New limit ${which}`, { exact: true })).toHaveValue(typed);
  }
  await page.goto("/settings/limits");
  await expect(page.getByRole("region", { name: "A day" })).toContainText("Up to ₹2,00,000.00");
});

test("a limit that was lowered meanwhile stops a payment on its review", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const { page } = asha;
  await askToSend(page, meera.phone, "10");
  const send = page.getByRole("button", { name: "Send ₹10.00" });
  await expect(send).toBeVisible();
  expect((await asha.submit("/settings/limits", { transfer: "5" })).status()).toBe(303);
  await send.click();
  await expect(page.getByRole("alert")).toContainText("Your limit is ₹5 a transfer. No money moved.");
  await expect(send).toHaveCount(0);
  await page.getByRole("link", { name: "Look at your limits" }).click();
  await expect(page).toHaveURL("/settings/limits");
  expect([await asha.balance(), await meera.balance()]).toEqual([100_00, 0]);
});
