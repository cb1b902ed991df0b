// The second step of signing in: turned on with an app, asked for, gone around by nobody, and turned off.

import type { Page } from "@playwright/test";
import { codeFor, expect, PASSWORD, signIn, test } from "./fixtures";
import { codeOf, setUp, turnOn } from "./second_factor";

async function enterCode(page: Page, code: string) {
  await page.getByLabel("Code", { exact: true }).fill(code);
  await page.getByRole("button", { name: "Continue", exact: true }).click();
}

test("it is turned on with an app, asked for when one signs in, and a code is taken once", async ({ newcomer, visitor }) => {
  test.slow();
  const asha = await newcomer();
  const key = await setUp(asha.page);
  await asha.page.getByLabel("Code", { exact: true }).fill("12");
  await asha.page.getByRole("button", { name: "Turn on" }).click();
  await expect(asha.page.getByLabel("Code", { exact: true })).toHaveAccessibleDescription(/Enter the six digits/);
  await expect(asha.page.getByRole("code")).toHaveText(key);
  const sent = await codeFor(asha.page, asha.phone);
  await asha.page.getByRole("button", { name: "Send a new code" }).click();
  await expect(asha.page.getByRole("main").getByRole("status")).toContainText("A new code is on its way.");
  await asha.page.getByLabel("Code", { exact: true }).fill(codeOf(key, -1));
  await asha.page.getByLabel("Code from your phone number", { exact: true }).fill(sent);
  await asha.page.getByRole("button", { name: "Turn on" }).click();
  await expect(asha.page.getByLabel("Code from your phone number", { exact: true })).toHaveAccessibleDescription(/newest message/);
  const on = await turnOn(asha, key);
  await asha.page.getByRole("link", { name: "I have kept them" }).click();
  await expect(asha.page.getByRole("main")).toContainText("10 recovery codes are left.");

  const page = await visitor();
  await page.goto("/sign-in?next=/people");
  await signIn(page, asha.phone);
  await expect(page).toHaveURL("/sign-in/code?next=%2Fpeople");
  await page.goto("/home");
  await expect(page).toHaveURL(/\/sign-in/);
  await page.goto("/sign-in/code?next=/people");
  await enterCode(page, "000 00");
  await expect(page.getByRole("alert")).toContainText("You are not signed in.");
  await expect(page.getByLabel("Code", { exact: true })).toHaveAccessibleDescription(/Enter the six digits/);
  await expect(page.getByLabel("Code", { exact: true })).toHaveValue("");
  const code = codeOf(on.key);
  await enterCode(page, `${code.slice(0, 3)} ${code.slice(3)}`);
  await expect(page).toHaveURL("/people");

  await page.goto("/home");
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, asha.phone);
  await enterCode(page, code);
  await expect(page.getByLabel("Code", { exact: true })).toHaveAccessibleDescription(/was used before/);
});

test("a recovery code signs in without the app, and it is turned off again for the password and another", async ({ newcomer, visitor }) => {
  test.slow();
  const asha = await newcomer();
  const { codes } = await turnOn(asha);
  const page = await visitor();
  await page.goto("/sign-in");
  await signIn(page, asha.phone);
  await enterCode(page, codes[0].toLowerCase());
  await expect(page).toHaveURL("/settings/second-factor?changed=recovered");
  await expect(page.getByRole("main").getByRole("status")).toContainText("9 recovery codes are left.");

  await page.getByRole("link", { name: "Turn off" }).click();
  await page.getByLabel("Code", { exact: true }).fill(codes[1]);
  await page.getByRole("button", { name: "Turn off" }).click();
  await expect(page.getByRole("alert")).toContainText("Nothing was changed.");
  await page.getByRole("link", { name: "Not now" }).click();
  await page.getByRole("link", { name: "Make new recovery codes" }).click();
  await page.getByLabel("Code", { exact: true }).fill(codes[1]);
  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Your password", { exact: true }).press("Enter");
  const renewed = await page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem").allInnerTexts();
  expect(renewed).toHaveLength(10);
  expect(renewed).not.toContain(codes[2]);
  await page.getByRole("link", { name: "I have kept them" }).click();
  await page.getByRole("link", { name: "Turn off" }).click();
  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByLabel("Code", { exact: true }).fill(renewed[0]);
  await page.getByLabel("Code", { exact: true }).press("Enter");
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your second step is off.");

  await page.goto("/home");
  await page.getByRole("button", { name: "Sign out" }).click();
  await signIn(page, asha.phone);
  await expect(page).toHaveURL("/home");
});

test("in another browser there is nothing to go on with", async ({ page }) => {
  await page.goto("/sign-in/code");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This sign-in is over");
  await page.getByRole("main").getByRole("link", { name: "Sign in" }).click();
  await expect(page).toHaveURL("/sign-in");
});
