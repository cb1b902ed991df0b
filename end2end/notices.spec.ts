// What happened to one's account lately: on a page, for whoever has no e-mail too.

import { expect, PASSWORD, signIn, test } from "./fixtures";

test("a sign-in on a device that is new is told, and what was changed too", async ({ newcomer, visitor }) => {
  const { page, phone } = await newcomer();
  const other = await visitor();
  await page.goto("/settings/notices");
  await expect(page.getByText("Nothing happened that you need to know of.")).toBeVisible();

  // The newcomer signed up by a program; this is a browser.
  const agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:145.0) Gecko/20100101 Firefox/145.0";
  const answer = await page.request.post("/api/v1/session", { data: { identifier: phone, password: PASSWORD }, headers: { "User-Agent": agent } });
  expect(answer.status()).toBe(200);
  await expect(async () => {
    await page.goto("/settings/notices");
    await expect(page.getByRole("main").getByRole("listitem").filter({ hasText: "Firefox on Windows" })).toHaveCount(1);
  }).toPass();
  await other.goto("/sign-in");
  await signIn(other, phone);
  await other.goto("/settings/password");
  await other.getByLabel("Current password", { exact: true }).fill(PASSWORD);
  await other.getByLabel("New password", { exact: true }).fill("kettle-moss-arch");
  await other.getByRole("button", { name: "Change password" }).click();
  await expect(other.getByRole("main").getByRole("status")).toContainText("nowhere else");
  await expect(async () => {
    await other.goto("/settings/notices");
    await expect(other.getByRole("main").getByRole("listitem").first()).toContainText("Your password was changed.");
  }).toPass();
});
