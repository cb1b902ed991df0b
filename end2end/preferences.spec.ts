// How a person likes to see things: kept by the browser, right from the first byte, with script or without.

import { expect, test } from "./fixtures";

const [LIGHT, DARK] = ["rgb(250, 248, 244)", "rgb(18, 17, 15)"];

test("the theme is remembered and is right from the first byte", async ({ newcomer }) => {
  const { page } = await newcomer();
  const paper = page.locator("body"); // no role says what is behind everything
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/activity");
  await expect(paper).toHaveCSS("background-color", LIGHT);
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect(paper).toHaveCSS("background-color", DARK);
  await expect(page).toHaveURL("/activity");

  const home = await page.goto("/home");
  expect((await home?.text())?.match(/<html[^>]*>/)?.[0]).toContain('data-theme="dark"');
  await expect(paper).toHaveCSS("background-color", DARK);
  // Signing out leaves nothing in the browser: whoever is next at it has told us nothing.
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await expect(paper).toHaveCSS("background-color", LIGHT);
});

test("amounts can be hidden, stay hidden, and come back", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(4_321_00);
  await asha.pay(meera, 21_00);
  const { page } = asha;
  await page.goto("/home");
  await page.getByRole("button", { name: "Hide amounts" }).click();
  await expect(page.getByRole("button", { name: "Show amounts" })).toBeVisible();
  await expect(page).toHaveURL("/home");
  for (const path of ["/home", "/activity"]) {
    const answer = await page.goto(path);
    await expect(page.getByRole("main")).toContainText("amount hidden");
    expect(await answer?.text(), path).not.toMatch(/4,300|4,321|₹21|430000|432100/);
  }
  await page.getByRole("button", { name: "Show amounts" }).click();
  await expect(page.getByRole("main")).toContainText("minus ₹21.00");
  await expect(page).toHaveURL("/activity");
});
