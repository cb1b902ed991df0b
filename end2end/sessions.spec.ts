// Where one is signed in, and how it ends.

import { expect, PASSWORD, signIn, test } from "./fixtures";

test("another session is listed by what it is, and ended from here at once", async ({ newcomer, visitor }) => {
  const { page, phone } = await newcomer();
  const other = await visitor();
  await other.goto("/sign-in");
  await signIn(other, phone);
  await expect(other).toHaveURL("/home");

  await page.goto("/home");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
  await page.getByRole("navigation", { name: "Settings" }).getByRole("link", { name: "Security" }).click();
  await page.getByRole("main").getByRole("link", { name: "Sessions" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sessions");
  const rows = page.getByRole("main").getByRole("listitem");
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: "this one" })).toHaveCount(1);
  await expect(rows.filter({ hasText: "this one" }).getByRole("button")).toHaveCount(0);
  const theirs = rows.filter({ hasNotText: "this one" });
  await expect(theirs).toContainText(/Chrome on Windows.*Last used today.*from 127\.0\.0\.…/s);
  await theirs.getByRole("button", { name: "End the session of Chrome on Windows" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("That session is over.");
  await expect(rows).toHaveCount(1);

  await other.goto("/activity");
  await expect(other).toHaveURL("/sign-in?next=/activity");
});

test("all other sessions end with one button, and this one goes on", async ({ newcomer, visitor }) => {
  const { page, phone } = await newcomer();
  const others = [await visitor(), await visitor()];
  for (const other of others) {
    await other.request.post("/api/v1/session", { data: { identifier: phone, password: PASSWORD } });
    expect((await other.request.get("/api/v1/balance")).status()).toBe(200);
  }
  await page.goto("/settings/sessions");
  await page.getByRole("button", { name: "End all other sessions" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("You are signed in here and nowhere else now.");
  await expect(page.getByRole("button", { name: "End all other sessions" })).toHaveCount(0);
  for (const other of others) expect((await other.request.get("/api/v1/balance")).status()).toBe(401);
});

test("signing out leaves nothing of ours in the browser, and is quick", async ({ newcomer }) => {
  const { page } = await newcomer();
  await page.goto("/home");
  const began = Date.now();
  await page.getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL("/sign-in");
  expect(Date.now() - began).toBeLessThan(5000);
  const cookies = (await page.context().cookies()).map((cookie) => cookie.name);
  // Without script nothing has told a time zone; with it, the page one was led to tells it again.
  expect(cookies.filter((name) => name !== "zone")).toEqual([]);
});
