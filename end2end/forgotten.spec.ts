// The way back in for whoever has forgotten their password.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { codeFor, expect, newPhone, PASSWORD, signIn, test } from "./fixtures";

const NEW = "kettle-moss-arch";

/** From the sign-in page to the page that asks for the code. */
async function forget(page: Page, identifier: string) {
  await page.goto("/sign-in");
  await page.getByRole("link", { name: "Forgotten your password?" }).click();
  await page.getByLabel("Phone or email", { exact: true }).fill(identifier);
  await page.getByRole("button", { name: "Send a code" }).click();
}

/** Fills in the code and the new password, and sends them. */
async function choose(page: Page, code: string) {
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByLabel("New password", { exact: true }).fill(NEW);
  await page.getByRole("button", { name: "Change password" }).click();
}

test("a code that comes to the number or the address gives another password, and every session ends", async ({ newcomer, page }) => {
  test.slow();
  const email = `${randomUUID()}@example.in`;
  const asha = await newcomer("Asha Rao", email);
  for (const identifier of [email, asha.phone]) {
    await forget(page, identifier);
    await expect(page).toHaveURL(/\/forgotten\/code\?attempt=/);
    const code = await codeFor(page, identifier);
    await choose(page, code === "000000" ? "000001" : "000000");
    await expect(page.getByRole("alert")).toContainText("Your password was not changed.");
    await expect(page.getByLabel("Code", { exact: true })).toHaveAccessibleDescription(/This code is not right/);
    await choose(page, code);
    await expect(page).toHaveURL("/sign-in?changed=password");
    await expect(page.getByRole("main").getByRole("status")).toContainText("You are signed out everywhere.");
  }
  expect((await asha.request.get("/api/v1/balance")).status()).toBe(401);
  await signIn(page, asha.phone, PASSWORD);
  await expect(page.getByRole("alert")).toContainText("is not right");
  await signIn(page, asha.phone, NEW);
  await expect(page).toHaveURL("/home");
});

test("known and unknown are shown the same pages", async ({ newcomer, page }) => {
  const asha = await newcomer();
  const pages = [];
  for (const identifier of [asha.phone, newPhone(), `${randomUUID()}@example.in`]) {
    await forget(page, identifier);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Choose a new password");
    pages.push(await page.getByRole("main").innerText());
    await choose(page, "12345");
    await expect(page.getByLabel("Code", { exact: true })).toHaveAccessibleDescription(/Enter the six digits/);
  }
  expect(new Set(pages).size).toBe(1);
  await forget(page, "nonsense");
  await expect(page.getByRole("alert")).toContainText("No code was sent.");
});
