// Becoming a person: a form, a code, and nothing of anybody before it.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { codeFor, expect, newPhone, PASSWORD, proveNumber, signIn, test } from "./fixtures";

/** Fills the sign-up form in and sends it. */
async function ask(page: Page, phone: string, email = "") {
  await page.goto("/sign-up");
  await page.getByLabel("Full name", { exact: true }).fill("Asha Rao");
  await page.getByLabel("Phone number", { exact: true }).fill(phone);
  await page.getByLabel("Email", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
}

test("says every sentence at once and keeps what was typed, but never the password", async ({ page }) => {
  await page.goto("/sign-up");
  await page.getByLabel("Full name", { exact: true }).fill("12345");
  await page.getByLabel("Phone number", { exact: true }).fill("12345");
  await page.getByLabel("Password", { exact: true }).fill("short");
  await page.getByRole("button", { name: "Create account" }).click();

  await expect(page.getByRole("alert")).toBeFocused();
  await expect(page.getByLabel("Full name", { exact: true })).toHaveValue("12345");
  await expect(page.getByLabel("Full name", { exact: true })).toHaveAccessibleDescription(/Use letters for your name/);
  await expect(page.getByLabel("Phone number", { exact: true })).toHaveValue("12345");
  await expect(page.getByLabel("Phone number", { exact: true })).toHaveAccessibleDescription(/ten digits/);
  await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
  await expect(page.getByLabel("Password", { exact: true })).toHaveAccessibleDescription(/at least 12 characters/);
  for (const label of ["Full name", "Phone number", "Password"]) {
    await expect(page.getByLabel(label, { exact: true })).toHaveAttribute("aria-invalid", "true");
  }
  expect(await page.content()).not.toContain("short");
});

test("a number is its owner's once they enter the code that came to it", async ({ page }) => {
  const phone = newPhone();
  await ask(page, phone);
  await expect(page).toHaveURL(/\/sign-up\/verify\?attempt=/);
  await expect(page.getByRole("main")).toContainText(`+91 ${phone.slice(0, 5)} ${phone.slice(5)}`);
  const code = page.getByLabel("Code", { exact: true });
  await expect(code).toHaveAttribute("autocomplete", "one-time-code");
  await expect(code).toHaveAttribute("inputmode", "numeric");

  const right = await codeFor(page, phone);
  await code.fill(right === "000000" ? "000001" : "000000");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("alert")).toContainText("No account was made yet.");
  await expect(code).toHaveAccessibleDescription(/This code is not right/);
  await code.fill(`${right.slice(0, 3)} ${right.slice(3)}`);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL("/home");
});

test("a new code can be had, and the one before it no longer holds", async ({ page }) => {
  const phone = newPhone();
  await ask(page, phone);
  await page.getByRole("button", { name: "Send a new code" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("A new code is on its way.");
  const messages = await (await page.request.get(`/api/dev/inbox/${phone}`)).json();
  expect(messages).toHaveLength(2);
  if (messages[0].code !== messages[1].code) {
    await page.getByLabel("Code", { exact: true }).fill(messages[1].code);
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
  }
  await proveNumber(page, phone);
  await expect(page).toHaveURL("/home");
});

test("an address is proven by a code of its own, and then one signs in by it", async ({ page }) => {
  const [phone, email] = [newPhone(), `${randomUUID()}@example.in`];
  await ask(page, phone, email);
  await expect(page.getByRole("main")).toContainText(email);
  await page.getByLabel("Code from your email", { exact: true }).fill(await codeFor(page, email));
  await proveNumber(page, phone);
  await expect(page).toHaveURL("/home");
  await page.context().clearCookies();
  await page.goto("/sign-in");
  await signIn(page, email);
  await expect(page).toHaveURL("/home");
});

test("with a number that somebody has the same page is shown, and its owner is told", async ({ newcomer, page }) => {
  const asha = await newcomer();
  await ask(page, asha.phone);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Enter the code");
  await expect(page.getByRole("main")).toContainText("We sent a message to");
  const [newest] = await (await page.request.get(`/api/dev/inbox/${asha.phone}`)).json();
  expect(newest.text).toContain("has an account already");
  expect(newest.code).toBeNull();
});

test("in development the page leads to where the messages are", async ({ page }) => {
  const phone = newPhone();
  await ask(page, phone);
  await page.getByRole("link", { name: "the inbox" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Inbox");
  await expect(page.getByRole("main")).toContainText(await codeFor(page, phone));
});
