// Who am I: the ways in, the way out, and where they lead.

import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, newPhone, PASSWORD, proveNumber, signIn, signUp, test, WEB } from "./fixtures";

/** The session's cookie, which script cannot read. */
async function session(page: Page) {
  const cookies = (await page.context().cookies()).filter((cookie) => cookie.name.endsWith("okane"));
  expect(cookies).toHaveLength(1);
  expect(cookies[0].httpOnly).toBe(true);
  return cookies[0];
}

/** What a cookie opens, sent by whoever got hold of it. */
async function statusWith({ name, value }: { name: string; value: string }): Promise<number> {
  return (await fetch(`${WEB}/api/v1/balance`, { headers: { Cookie: `${name}=${value}` } })).status;
}

test.describe("signing in", () => {
  test("works with every spelling of the number, and with the e-mail address", async ({ newcomer, page }) => {
    test.slow();
    const email = `Asha.${randomUUID()}@example.in`;
    const { phone, name } = await newcomer("Asha Rao", email);
    const [five, rest] = [phone.slice(0, 5), phone.slice(5)];
    const spellings = [phone, `+91${phone}`, `+91 ${five} ${rest}`, `0${five}-${rest}`, `91 (${five}) ${rest}`];
    for (const spelling of [...spellings, email, email.toUpperCase()]) {
      await page.goto("/sign-in");
      await signIn(page, spelling);
      await expect(page, spelling).toHaveURL("/home");
      await expect(page.getByRole("main")).toContainText(name);
      await page.context().clearCookies();
    }
  });

  test("answers a wrong password and an unknown person with the same sentence", async ({ newcomer, page }) => {
    const asha = await newcomer();
    const answers = [];
    for (const identifier of [asha.phone, newPhone(), `${randomUUID()}@example.in`, "nonsense"]) {
      await page.goto("/sign-in");
      await signIn(page, identifier, "not-the-password");
      answers.push(await page.getByRole("alert").innerText());
      await expect(page.getByLabel("Phone or email", { exact: true })).toHaveValue(identifier);
      await expect(page.getByLabel("Password", { exact: true })).toHaveValue("");
    }
    expect(answers[0]).toContain("is not right");
    expect(new Set(answers).size).toBe(1);
  });

  test("comes back to the page one was going to", async ({ newcomer, page }) => {
    const asha = await newcomer();
    for (const going of ["/activity", "/send", "/activity?before=1&x=y"]) {
      await page.goto(going);
      await expect(page).toHaveURL(/\/sign-in\?next=/);
      await signIn(page, asha.phone);
      await expect(page).toHaveURL(going);
      await page.context().clearCookies();
    }
  });

  test("comes back through sign-up as well", async ({ page }) => {
    await page.goto("/add-money");
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByLabel("Full name", { exact: true }).fill("Asha Rao");
    const phone = newPhone();
    await page.getByLabel("Phone number", { exact: true }).fill(phone);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await proveNumber(page, phone);
    await expect(page).toHaveURL("/add-money");
  });

  const elsewhere = [
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https://evil.example/", "/%2f%2fevil.example",
    "/%5Cevil.example", "javascript:alert(1)", "/\t/evil.example", " //evil.example", "@evil.example", "///evil.example",
  ];

  test("never leads to another site, whatever the address says", async ({ newcomer, page }) => {
    test.slow();
    const asha = await newcomer();
    for (const next of elsewhere) {
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      await signIn(page, asha.phone);
      await expect(page, next).toHaveURL(`${WEB}/home`);
      await page.context().clearCookies();
    }
  });

  test("leads from no other form to another site either", async ({ newcomer }) => {
    const asha = await newcomer();
    for (const next of elsewhere) {
      const answer = await asha.submit("/preferences", { theme: "dark", next });
      expect(answer.headers()["location"], next).toBe("/home");
    }
  });
});

test("a password can be looked at", { tag: "@js" }, async ({ page }) => {
  await page.goto("/sign-in");
  const password = page.getByLabel("Password", { exact: true });
  await password.fill(PASSWORD);
  await expect(async () => { // until the script is there
    await page.getByRole("button", { name: "Show password" }).click();
    await expect(password).toHaveAttribute("type", "text", { timeout: 500 });
  }).toPass();
  await page.getByRole("button", { name: "Hide password" }).click();
  await expect(password).toHaveAttribute("type", "password");
});

test.describe("a session", () => {
  test("is a cookie that script cannot read and other sites cannot send", async ({ page }) => {
    await signUp(page, "Asha Rao", newPhone());
    const cookie = await session(page);
    expect(cookie).toMatchObject({ sameSite: "Lax", path: "/", secure: WEB.startsWith("https") });
    expect(cookie.value.length).toBeGreaterThanOrEqual(22); // 128 bits in base 64
    expect(await page.evaluate(() => document.cookie)).not.toContain(cookie.value);
  });

  test("planted before signing in is worth nothing after it", async ({ newcomer, page }) => {
    const [mallory, victim] = [await newcomer("Mallory"), await newcomer()];
    const planted = await session(mallory.page);
    expect(await statusWith(planted)).toBe(200);
    await page.context().addCookies([planted]);
    const data = { identifier: victim.phone, password: PASSWORD };
    expect((await page.request.post("/api/v1/session", { data })).status()).toBe(200);
    expect((await session(page)).value).not.toBe(planted.value);
    expect(await statusWith(planted)).toBe(401);
  });

  test("gets a new id at every sign-in", async ({ newcomer, page }) => {
    const asha = await newcomer();
    await page.goto("/sign-in");
    await signIn(page, asha.phone);
    await expect(page).toHaveURL("/home");
    expect((await session(page)).value).not.toBe((await session(asha.page)).value);
  });

  test("ends for good at sign-out, and the back button shows nothing private", async ({ newcomer }) => {
    const asha = await newcomer("Asha Unmistakable Rao");
    const { page } = asha;
    const cookie = await session(page);
    await page.goto("/home");
    await expect(page.getByRole("main")).toContainText(asha.name);
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page).toHaveURL("/sign-in");

    await page.goBack();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
    expect(await page.content()).not.toContain(asha.name);
    expect(await statusWith(cookie)).toBe(401);
  });

  test("has no use for the doors", async ({ newcomer }) => {
    const asha = await newcomer();
    for (const door of ["/", "/sign-in", "/sign-up"]) {
      await asha.page.goto(door);
      await expect(asha.page).toHaveURL("/home");
    }
  });
});

test("the demo account opens in one click", async ({ page }) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Open the demo account" }).click();
  await expect(page).toHaveURL("/home");
  await expect(page.getByRole("heading", { level: 1 })).toContainText("You can spend");
});
