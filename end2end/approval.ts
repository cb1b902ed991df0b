// The way to approvals, for specs that need them.

import type { Page } from "@playwright/test";
import { expect, PASSWORD } from "./fixtures";

export const PIN = "314159";

/** Sets the PIN, and that payments above ₹20 are approved by it. */
export async function careful(page: Page) {
  await page.goto("/settings/security");
  await page.getByRole("link", { name: "Approvals" }).click();
  await page.getByLabel("New PIN", { exact: true }).fill(PIN);
  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Set the PIN" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your PIN is set. Choose below when you are asked for it.");
  await ask(page, "For payments above an amount", "20");
  await expect(page.getByRole("main").getByRole("status")).toContainText("You approve payments above ₹20.");
}

export async function ask(page: Page, when: string, amount = "") {
  await page.getByLabel("Ask me", { exact: true }).selectOption(when);
  await page.getByLabel("Amount", { exact: true }).fill(amount);
  await page.getByRole("button", { name: "Change when I am asked" }).click();
}
