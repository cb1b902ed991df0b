// Time to undo: off, or some seconds in which whatever one sends from the pages can be cancelled.

import type { Page } from "@playwright/test";
import { askToSend, expect, test } from "./fixtures";

/** Chooses a time and sends the form. */
async function choose(page: Page, time: string) {
  await page.getByLabel("New time to undo", { exact: true }).selectOption(time);
  await page.getByRole("button", { name: "Change the time to undo" }).click();
}

test("whoever gives themselves time to undo can cancel what would have moved at once", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.meet(meera);
  const { page } = asha;
  await page.goto("/settings/limits");
  const section = page.getByRole("region", { name: "Time to undo" });
  await expect(section).toContainText("Off");
  await choose(page, "60 seconds");
  await expect(page.getByRole("main").getByRole("status")).toContainText("You can undo each payment for 60 seconds now.");
  await page.goto("/settings/limits");
  await expect(page.getByLabel("New time to undo", { exact: true })).toHaveValue("60");

  await askToSend(page, meera.phone, "10", "Chai");
  await expect(page.getByRole("main")).toContainText(/Arrives\s*In 60 seconds/);
  await page.getByRole("button", { name: "Send ₹10.00" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveAccessibleName(/^₹10\.00 is held until/);
  await page.getByRole("button", { name: "Cancel payment" }).click();
  await expect(page.getByRole("main")).toContainText("Cancelled. No money moved.");
  expect([await asha.balance(), await meera.balance()]).toEqual([100_00, 0]);
  // The API says its own time for each transfer.
  await asha.pay(meera, 5_00);
  expect(await meera.balance()).toBe(5_00);
});

test("without time to undo a payment to somebody known moves at once", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.meet(meera);
  const { page } = asha;
  await page.goto("/settings/limits");
  await choose(page, "10 seconds");
  await choose(page, "Off");
  await expect(page.getByRole("main").getByRole("status")).toContainText("Payments to people you have paid before move at once now.");
  await askToSend(page, meera.phone, "10");
  await expect(page.getByRole("main")).toContainText(/Arrives\s*At once/);
  await page.getByRole("button", { name: "Send ₹10.00" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveAccessibleName("₹10.00 moved to Meera Krishnan");
  expect([await asha.balance(), await meera.balance()]).toEqual([90_00, 10_00]);
});

test("what is none of the choices is refused, and the time stays", async ({ newcomer }) => {
  const asha = await newcomer();
  for (const undo of ["3600", "-1", "ten", "", "00010000000000000000000"]) {
    const answer = await asha.submit("/settings/limits", { undo });
    expect(answer.status(), undo).toBe(422);
    const page = await answer.text();
    expect(page).toContain("Choose one of these times.");
    expect(page).toContain("The time to undo was not changed.");
  }
  await asha.page.goto("/settings/limits");
  await expect(asha.page.getByLabel("New time to undo", { exact: true })).toHaveValue("0");
});

test("a large payment to somebody who was first paid a moment ago waits the hour", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(20_000_00);
  await asha.meet(meera);
  const { page } = asha;
  await askToSend(page, meera.phone, "15000");
  await expect(page.getByRole("main")).toContainText("You first paid Meera Krishnan less than 60 minutes ago");
  await expect(page.getByRole("main")).toContainText(/Arrives\s*In 60 minutes/);
  await page.getByRole("button", { name: "Send ₹15,000.00" }).click();
  await expect(page.getByRole("main")).toContainText("It waits because Meera Krishnan is new to you and it is more than ₹10,000.");
  expect([await asha.balance(), await meera.balance()]).toEqual([5_000_00, 0]);
});
