// How a person likes to see things: kept by the browser, right from the first byte, with script or without.

import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";

/** The colour behind everything. */
const paper = (page: Page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

test("the theme is remembered and is right from the first byte", async ({ newcomer }) => {
  const { page } = await newcomer();
  await page.emulateMedia({ colorScheme: "light" });
  await page.goto("/activity");
  expect(await paper(page)).toBe("rgb(250, 248, 244)");
  await page.getByRole("button", { name: "Theme" }).click();
  await page.getByRole("button", { name: "Dark" }).click();
  await expect.poll(() => paper(page)).toBe("rgb(18, 17, 15)");
  await expect(page).toHaveURL("/activity");

  const home = await page.goto("/home");
  expect((await home?.text())?.match(/<html[^>]*>/)?.[0]).toContain('data-theme="dark"');
  expect(await paper(page)).toBe("rgb(18, 17, 15)");
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  expect(await paper(page)).toBe("rgb(18, 17, 15)");
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
