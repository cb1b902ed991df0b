// Another number or e-mail address, the day after, and the way back for whoever it was taken from.

import type { Page } from "@playwright/test";
import { codeFor, expect, newPhone, PASSWORD, type Person, signIn, test } from "./fixtures";

/** The texts that came to a number or an address, the newest first. */
async function messages(page: Page, address: string): Promise<string[]> {
  const found: { text: string }[] = await (await page.request.get(`/api/dev/inbox/${address}`)).json();
  return found.map((message) => message.text);
}

/** Asks for another number, up to the page of the codes. */
async function askForNumber({ page }: Person, to: string) {
  await page.goto("/settings/profile");
  await page.getByRole("link", { name: "Change the number" }).click();
  await page.getByLabel("New phone number", { exact: true }).fill(to);
  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Send the codes" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Enter both codes");
}

/** Enters both codes. */
async function enterCodes(page: Page, from: [label: string, code: string], to: [label: string, code: string], button: string) {
  await page.getByLabel(from[0], { exact: true }).fill(from[1]);
  await page.getByLabel(to[0], { exact: true }).fill(to[1]);
  await page.getByRole("button", { name: button }).click();
}

test("a number becomes another by a code from either end, and other sessions end", async ({ newcomer, visitor }) => {
  const asha = await newcomer();
  const { page, phone } = asha;
  const other = await visitor();
  await other.goto("/sign-in");
  await signIn(other, phone);
  await expect(other).toHaveURL("/home");
  const to = newPhone();
  await askForNumber(asha, to);
  const [present, fresh] = ["Code from your present number", "Code from the new number"];
  const [from_code, to_code] = [await codeFor(page, phone), await codeFor(page, to)];
  const wrong = to_code === "000000" ? "000001" : "000000";
  await enterCodes(page, [present, from_code], [fresh, wrong], "Change the number");
  await expect(page.getByRole("alert")).toContainText("Nothing was changed.");
  await expect(page.getByLabel(fresh, { exact: true })).toHaveAccessibleDescription(/not right/);
  await enterCodes(page, [present, from_code], [fresh, to_code], "Change the number");
  const status = page.getByRole("main").getByRole("status");
  await expect(status).toContainText("Your phone number is changed.");
  await expect(status).toContainText("You are signed in here and nowhere else now.");
  await expect(page.getByText(/At most ₹5,000 leaves your wallet until/)).toBeVisible();
  await expect(page.getByRole("button", { name: "Send the codes" })).toHaveCount(0);
  await page.goto("/settings/limits");
  await expect(page.getByText(/At most ₹5,000 leaves your wallet until/)).toBeVisible();
  await page.goto("/settings/profile");
  await expect(page.getByText(`+91 ${to.slice(0, 5)} ${to.slice(5)}`)).toBeVisible();
  await other.goto("/home");
  await expect(other).toHaveURL("/sign-in");
  await signIn(other, phone);
  await expect(other.getByRole("alert")).toContainText("is not right");
  await signIn(other, to);
  await expect(other).toHaveURL("/home");
});

test("for a day little leaves the wallet, and the refusal says how much and until when", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(20_000_00);
  await asha.meet(meera);
  const to = newPhone();
  await askForNumber(asha, to);
  const { page } = asha;
  await enterCodes(page, ["Code from your present number", await codeFor(page, asha.phone)], ["Code from the new number", await codeFor(page, to)], "Change the number");
  await expect(page.getByRole("main").getByRole("status")).toContainText("is changed");
  await asha.pay(meera, 4_000_00);
  await page.goto("/send");
  await page.getByLabel("To", { exact: true }).fill(meera.phone);
  await page.getByLabel("Amount", { exact: true }).fill("1000.50");
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByLabel("Amount", { exact: true })).toHaveAccessibleDescription(/at most ₹5,000 leaves your wallet until .* IST, and ₹1,000 of it is left\. No money moved\./);
  await page.getByLabel("Amount", { exact: true }).fill("1000");
  await page.getByRole("button", { name: "Review" }).click();
  await page.getByRole("button", { name: /^Send ₹/ }).click();
  await expect(page).toHaveURL(/\/receipts\//);
});

test("whoever it was taken from undoes it by the link that came to them", async ({ newcomer, visitor }) => {
  const asha = await newcomer();
  const to = newPhone();
  await askForNumber(asha, to);
  const { page, phone } = asha;
  await enterCodes(page, ["Code from your present number", await codeFor(page, phone)], ["Code from the new number", await codeFor(page, to)], "Change the number");
  await expect(page.getByRole("main").getByRole("status")).toContainText("is changed");
  const link = (await messages(page, phone)).map((text) => text.match(/\/undo-change\?token=\w+/)?.[0]).find(Boolean);
  const owner = await visitor();
  await owner.goto(link ?? "");
  await expect(owner.getByRole("heading", { level: 1 })).toHaveText("This was not me");
  await owner.getByRole("button", { name: "Undo it and freeze my wallet" }).click();
  await expect(owner.getByRole("heading", { level: 1 })).toHaveText("It is undone");
  await page.goto("/home");
  await expect(page).toHaveURL("/sign-in");
  await owner.goto(link ?? "");
  await expect(owner.getByRole("heading", { level: 1 })).toHaveText("This link is over");
  await owner.goto("/sign-in");
  await signIn(owner, phone);
  await expect(owner.getByText("Your wallet is frozen")).toBeVisible();
});

test("a first email is proven there and on the phone, and can be taken away by its code", async ({ newcomer }) => {
  const asha = await newcomer();
  const { page, phone } = asha;
  const email = `${newPhone()}@example.in`;
  await page.goto("/settings/profile");
  await page.getByRole("link", { name: "Add the email" }).click();
  await page.getByLabel("New email", { exact: true }).fill(email);
  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Send the codes" }).click();
  await page.getByRole("button", { name: "Send new codes" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("A new code is on its way.");
  await enterCodes(page, ["Code from your phone", await codeFor(page, phone)], ["Code from the new email", await codeFor(page, email)], "Add the address");
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your email address is added.");
  await expect(page.getByText(/leaves your wallet until/)).toHaveCount(0);

  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Remove the address" }).click();
  await page.getByLabel("Code from your present email", { exact: true }).fill(await codeFor(page, email));
  await page.getByRole("button", { name: "Remove the address" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your email address is removed.");
});
