// The slow way back of whoever has lost app and recovery codes, up to the wait, which is days, and its two ends.

import type { Page } from "@playwright/test";
import { codeFor, expect, linkFor, newPhone, type Person, signIn, test } from "./fixtures";
import { turnOn } from "./second_factor";

async function begin(page: Page, asha: Person) {
  await page.goto("/sign-in");
  await signIn(page, asha.phone);
  await page.getByRole("link", { name: "I have neither the app nor a recovery code" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in without the app");
  await page.getByRole("button", { name: "Send the codes" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Enter both codes");
  await page.getByLabel("Code from your phone number", { exact: true }).fill(await codeFor(page, asha.phone));
}

test("who has lost app and codes begins a wait, which the message or a session ends", async ({ newcomer, visitor }) => {
  test.slow();
  const email = `a${newPhone()}@example.in`;
  const asha = await newcomer("Asha Rao", email);
  await turnOn(asha);
  const page = await visitor();
  await begin(page, asha);
  await page.getByLabel("Code from your email", { exact: true }).fill("");
  await page.getByRole("button", { name: "Begin the wait" }).click();
  await expect(page.getByRole("alert")).toContainText("The wait has not begun.");
  await expect(page.getByLabel("Code from your email", { exact: true })).toHaveAccessibleDescription(/newest message in your email/);
  await page.getByLabel("Code from your phone number", { exact: true }).fill(await codeFor(page, asha.phone));
  await page.getByLabel("Code from your email", { exact: true }).fill(await codeFor(page, email));
  await page.getByRole("button", { name: "Begin the wait" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The wait has begun");
  await expect(page.getByRole("main")).toContainText(/You can turn your second step off from .+\./);

  const reader = await visitor();
  await reader.goto(await linkFor(page, email, "/stop-way-back"));
  await expect(reader.getByRole("heading", { level: 1 })).toHaveText("Keep the second step");
  await reader.getByRole("button", { name: "End this and keep my second step" }).click();
  await expect(reader.getByRole("heading", { level: 1 })).toHaveText("It is ended");
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in without the app");

  const other = await visitor();
  await begin(other, asha);
  await other.getByLabel("Code from your email", { exact: true }).fill(await codeFor(other, email));
  await other.getByRole("button", { name: "Begin the wait" }).click();
  await expect(other.getByRole("heading", { level: 1 })).toHaveText("The wait has begun");
  await asha.page.goto("/settings/second-factor");
  await asha.page.getByRole("button", { name: "End this and keep it on" }).click();
  await expect(asha.page.getByRole("main").getByRole("status")).toContainText("Your second step stays on.");
  await asha.page.goto("/settings/notices");
  await expect(asha.page.getByRole("main")).toContainText("was ended. It is on as before.");
});

test("in a browser that has not said a password there is nothing to go on with", async ({ page }) => {
  await page.goto("/sign-in/way-back");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This sign-in is over");
  await page.goto("/stop-way-back?token=x");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link is over");
});
