// Signing in with Google, whose place a provider of the tests' own has taken.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, newPhone, PASSWORD, Person, proveNumber, signIn, test, WEB } from "./fixtures";
import { COOKIE } from "./provider";

/** Signs somebody in at the provider: "nobody" declines there. */
async function beAtGoogle(page: Page, name: string) {
  await page.context().addCookies([{ name: COOKIE, value: name, url: WEB }]); // of a host, whatever the port
}

async function continueWithGoogle(page: Page, from = "/sign-in") {
  await page.goto(from);
  await page.getByRole("button", { name: "Continue with Google" }).click();
}

/** Comes by Google for the first time. */
async function signUpByGoogle(page: Page, name: string): Promise<Person> {
  const phone = newPhone();
  await beAtGoogle(page, name);
  await continueWithGoogle(page);
  await expect(page).toHaveURL("/sign-up/google");
  await page.getByLabel("Phone number", { exact: true }).fill(phone);
  await page.getByRole("button", { name: "Create account" }).click();
  await proveNumber(page, phone);
  await expect(page).toHaveURL("/home");
  return new Person(page, "Asha Rao", phone);
}

test("whoever comes by Google is asked for a number once, sends and receives, and is known the next time", async ({ page, newcomer }) => {
  test.slow();
  const name = `asha-${randomUUID()}`;
  const [meera, phone] = [await newcomer("Meera Krishnan"), newPhone()];
  await meera.addMoney(500_00);
  await beAtGoogle(page, name);
  await continueWithGoogle(page, "/sign-in?next=/people");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Create an account");
  await expect(page.getByRole("main")).toContainText(`${name}@example.in`);
  await expect(page.getByLabel("Full name", { exact: true })).toHaveValue("Asha Rao");
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByLabel("Phone number", { exact: true })).toHaveAccessibleDescription(/number/);
  await expect(page.getByRole("alert")).toBeFocused();
  await page.getByLabel("Phone number", { exact: true }).fill(phone);
  await page.getByRole("button", { name: "Create account" }).click();
  await proveNumber(page, phone);
  await expect(page).toHaveURL("/people");

  const asha = new Person(page, "Asha Rao", phone);
  await meera.meet(asha);
  const before = await asha.balance();
  await meera.pay(asha, 25_00, "Tea");
  await expect.poll(() => asha.balance()).toBe(before + 25_00);
  await asha.pay(meera, 5_00, "Sugar");

  await page.goto("/home");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  await beAtGoogle(page, name); // signing out has cleared what this host keeps
  await continueWithGoogle(page);
  await expect(page).toHaveURL("/home");
  await page.goto("/activity");
  await expect(page.getByRole("main")).toContainText("Sugar");
});

test("an account with a password is connected for the password, and disconnected again", async ({ newcomer, visitor }) => {
  const name = `meera-${randomUUID()}`;
  const { page, phone } = await newcomer("Meera Krishnan");
  await beAtGoogle(page, name);
  await page.goto("/settings/profile");
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Security" }).click();
  const row = page.getByRole("listitem").filter({ has: page.getByRole("link", { name: "Google" }) });
  await expect(row).toContainText("Not connected");
  await row.getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in with Google");
  const connect = page.getByRole("button", { name: "Connect Google" });
  await connect.click();
  await expect(page.getByLabel("Your password", { exact: true })).toHaveAccessibleDescription(/Enter your password/);
  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await connect.click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your Google account is connected.");
  await expect(page.getByRole("main")).toContainText(`${name}@example.in`);

  const other = await visitor();
  await beAtGoogle(other, name);
  await continueWithGoogle(other);
  await expect(other).toHaveURL("/home");

  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Disconnect Google" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your Google account is disconnected.");
  await other.goto("/activity");
  await expect(other).toHaveURL("/sign-in?next=/activity");
  await continueWithGoogle(other);
  await expect(other).toHaveURL("/sign-up/google");
  await other.goto("/sign-in");
  await signIn(other, phone);
  await expect(other).toHaveURL("/home");
});

test("whoever has no password keeps Google, and thaws with it", async ({ page }) => {
  await signUpByGoogle(page, `asha-${randomUUID()}`);
  await page.goto("/settings/google");
  await expect(page.getByRole("main")).toContainText("your only way to sign in");
  await expect(page.getByRole("button", { name: "Disconnect Google" })).toHaveCount(0);
  await page.goto("/settings/freeze");
  await page.getByRole("button", { name: "Freeze now" }).click();
  await page.getByRole("button", { name: "Thaw", exact: true }).click(); // they have just come from Google
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your wallet is thawed.");
});

test("whoever declines at Google is told how to go on", async ({ page }) => {
  await beAtGoogle(page, "nobody");
  await continueWithGoogle(page, "/sign-up");
  await expect(page).toHaveURL("/sign-in?google=cancelled");
  await expect(page.getByRole("alert")).toContainText("You did not continue with Google");
  await expect(page.getByRole("button", { name: "Continue with Google" })).toBeVisible();
});

test("a number that somebody has is answered like any other, and they are told", async ({ page, newcomer }) => {
  const meera = await newcomer("Meera Krishnan");
  await beAtGoogle(page, `asha-${randomUUID()}`);
  await continueWithGoogle(page);
  await page.getByLabel("Phone number", { exact: true }).fill(meera.phone);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Enter the code");
  const messages = await (await page.request.get(`/api/dev/inbox/${meera.phone}`)).json();
  expect(messages[0].code).toBeNull();
});
