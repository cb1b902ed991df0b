// Which passwords are taken, and how one becomes another.

import { expect, newPhone, PASSWORD, signIn, test } from "./fixtures";

const NEW = "kettle-moss-arch";

test("another password is chosen with the one there is, and every other session ends", async ({ newcomer, visitor }) => {
  const { page, phone } = await newcomer();
  const other = await visitor();
  await other.goto("/sign-in");
  await signIn(other, phone);
  await expect(other).toHaveURL("/home");

  await page.goto("/settings/sessions");
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Security" }).click();
  await expect(page.getByRole("main").getByRole("listitem").filter({ hasText: "Sessions" })).toContainText("2 open");
  await page.getByRole("main").getByRole("link", { name: "Password" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Password");
  const [current, chosen] = ["Current password", "New password"].map((label) => page.getByLabel(label, { exact: true }));
  await expect(chosen).toHaveAccessibleDescription(/12 characters or more/);
  await current.fill("a-wrong-password");
  await chosen.fill(NEW);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("alert")).toContainText("Your password was not changed.");
  await expect(current).toHaveAccessibleDescription(/This is not your password\./);
  await expect(chosen).toHaveValue("");

  await current.fill(PASSWORD);
  await chosen.fill(NEW);
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("You are signed in here and nowhere else now.");

  await other.goto("/home");
  await expect(other).toHaveURL("/sign-in");
  await signIn(other, phone);
  await expect(other.getByRole("alert")).toContainText("is not right");
  await signIn(other, phone, NEW);
  await expect(other).toHaveURL("/home");
});

test("a password that is guessed first is refused before it is chosen, with the reason", async ({ page }) => {
  await page.goto("/sign-up");
  const password = page.getByLabel("Password", { exact: true });
  for (const [typed, sentence] of [
    ["eleven-char", /Use at least 12 characters/],
    ["PasswordPassword", /one of the first that thieves try/],
    ["asha.rao.1990", /Your name, number or address, and words about OKANE, are easy to guess/],
    ["okane-wallet-1", /words about OKANE, are easy to guess/],
  ] as const) {
    await page.getByLabel("Full name", { exact: true }).fill("Asha Rao");
    await page.getByLabel("Phone number", { exact: true }).fill(newPhone());
    await password.fill(typed);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page.getByRole("alert")).toContainText("No account was made yet.");
    await expect(password).toHaveAccessibleDescription(sentence);
  }
});

test("a password is pasted wherever one is asked for", async ({ newcomer, visitor }) => {
  const { phone } = await newcomer();
  const page = await visitor();
  await page.goto("/sign-up");
  const name = page.getByLabel("Full name", { exact: true });
  await name.fill(PASSWORD);
  await name.press("ControlOrMeta+A");
  await name.press("ControlOrMeta+X");
  await expect(name).toHaveValue("");
  const paste = async (label: string) => {
    const field = page.getByLabel(label, { exact: true });
    await field.press("ControlOrMeta+V");
    await expect(field).toHaveValue(PASSWORD);
  };
  await paste("Password");
  await page.goto("/sign-in");
  await page.getByLabel("Phone or email", { exact: true }).fill(phone);
  await paste("Password");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL("/home");
  await page.goto("/settings/password");
  await paste("Current password");
  await paste("New password");
});
