// Passkeys, with a device that the browser only imagines. They are bound to a name, and an address is none: this machine is
// visited by its own.

import { ask } from "./approval";
import { askToSend, expect, PASSWORD, signIn, test } from "./fixtures";
import { add, device, LOCALHOST } from "./passkeys";
import { turnOn } from "./second_factor";

test.use({ baseURL: LOCALHOST });

test("a passkey is added, opens the wallet without a password, and is removed @js", async ({ newcomer, visitor }) => {
  test.slow();
  const { page, phone } = await newcomer();
  await device(page);
  const elsewhere = await visitor();
  await elsewhere.goto("/sign-in");
  await signIn(elsewhere, phone);
  await expect(elsewhere).toHaveURL("/home");
  await add(page, "My phone");
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your passkey is added.");
  await expect(page.getByRole("main").getByRole("listitem").filter({ hasText: "My phone" })).toContainText("not used yet");
  await elsewhere.goto("/activity");
  await expect(elsewhere).toHaveURL(/\/sign-in/);

  await page.goto("/home");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto("/sign-in?next=/people");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page).toHaveURL("/people");

  await page.goto("/settings/passkeys");
  const row = page.getByRole("main").getByRole("listitem").filter({ hasText: /My (phone|old phone)/ });
  await expect(row).toContainText("last used");
  await row.getByRole("link", { name: "Rename My phone" }).click();
  await page.getByLabel("Name", { exact: true }).fill("");
  await page.getByRole("button", { name: "Rename it" }).click();
  await expect(page.getByRole("alert")).toContainText("The passkey is called as before.");
  await page.getByLabel("Name", { exact: true }).fill("My old phone");
  await page.getByRole("button", { name: "Rename it" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("The passkey has its new name.");
  await row.getByRole("link", { name: "Remove My old phone" }).click();
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByRole("alert")).toContainText("No passkey was removed.");
  await page.getByRole("button", { name: "Use a passkey instead" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your passkey has shown that it is you. Go on.");
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("The passkey is removed.");

  await page.goto("/home");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("alert")).toContainText("This passkey could not be believed, or is not known here any more.");
  await expect(page).toHaveURL("/sign-in");
});

test("where the second step is on a passkey is added for a code of it too @js", async ({ newcomer }) => {
  test.slow();
  const asha = await newcomer();
  const { page } = asha;
  const { codes } = await turnOn(asha);
  await device(page);
  await page.goto("/settings/passkeys");
  await page.getByLabel("Name", { exact: true }).fill("My phone");
  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("alert")).toContainText("No passkey was added.");
  await expect(page.getByLabel("Code", { exact: true })).toHaveAccessibleDescription(/a passkey signs you in without one/);
  await page.getByLabel("Code", { exact: true }).fill(codes[0]);
  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Make the passkey" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your passkey is added.");
});

test("a device that does not see its owner makes no passkey and says so, and there is one for each device @js", async ({ newcomer }) => {
  test.slow();
  const { page } = await newcomer();
  const { sees } = await device(page);
  await sees(false);
  await add(page, "My phone");
  await expect(page.getByRole("alert")).toContainText("No passkey was used");
  await sees(true);
  await page.getByRole("button", { name: "Make the passkey" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your passkey is added.");
  await add(page, "The same");
  await expect(page.getByRole("alert")).toContainText("This device holds a passkey of yours already.");
  await page.getByRole("link", { name: "Not now" }).click();
  await expect(page.getByRole("main").getByRole("listitem")).toHaveCount(1);
});

test("whose session ended meanwhile is led to sign in, and comes back @js", async ({ newcomer }) => {
  test.slow();
  const { page, phone } = await newcomer();
  await device(page);
  await add(page, "My phone");
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your passkey is added.");
  await page.getByRole("link", { name: "Remove My phone" }).click();
  await expect(page.getByRole("heading", { level: 2 })).toHaveText("Remove “My phone”?");
  await page.context().clearCookies();
  await page.getByRole("button", { name: "Use a passkey instead" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Sign in");
  await signIn(page, phone);
  await expect(page.getByRole("heading", { level: 2 })).toHaveText("Remove “My phone”?");
});

test("a page that is shown again as it was left asks for the passkey anew @js", async ({ newcomer }) => {
  test.slow();
  const { page } = await newcomer();
  await device(page);
  await add(page, "My phone");
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your passkey is added.");
  await page.goto("/home");
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.goto("/sign-in?next=/people");
  // Nothing comes of the form, so that the page stays as one leaves it.
  const isForm = (url: URL) => url.pathname === "/sign-in";
  await page.route(isForm, (route) => (route.request().method() === "POST" ? route.fulfill({ status: 204 }) : route.continue()));
  const button = page.getByRole("button", { name: "Sign in with a passkey" });
  const sent = page.waitForRequest((request) => request.method() === "POST" && isForm(new URL(request.url())));
  await button.click();
  await sent;
  await expect(button).toHaveAttribute("aria-busy", "true");
  await page.unroute(isForm);
  // What a browser says of a page that it kept (HTML, 7.4.6).
  await page.evaluate(() => window.dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));
  await expect(button).not.toHaveAttribute("aria-busy");
  await button.click();
  await expect(page).toHaveURL("/people");
});

test("a payment above the amount goes by a passkey, and without one it does not @js", async ({ newcomer }) => {
  test.slow();
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const { page } = asha;
  const { sees } = await device(page);
  await add(page, "My phone");
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your passkey is added.");
  await page.goto("/settings/approval");
  await ask(page, "For payments above an amount", "20");
  await expect(page.getByRole("main").getByRole("status")).toContainText("You approve payments above ₹20.");
  await askToSend(page, meera.phone, "20.01");
  await expect(page.getByLabel("Your PIN", { exact: true })).toHaveCount(0);
  await sees(false);
  await page.getByRole("button", { name: "Send ₹20.01 by a passkey" }).click();
  await expect(page.getByRole("alert")).toContainText("No passkey was used");
  expect(await asha.balance()).toBe(100_00);
  await sees(true);
  await page.getByRole("button", { name: "Send ₹20.01 by a passkey" }).click();
  await expect(page).toHaveURL(/\/receipts\//);
  expect(await asha.balance()).toBe(79_99);
});

test("without script there is no button, and a sentence why", async ({ newcomer, visitor, javaScriptEnabled }) => {
  const { page } = await newcomer();
  await page.goto("/settings/passkeys");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Passkeys");
  const why = page.getByText("Browsers make passkeys by script alone");
  await expect(page.getByRole("button", { name: "Continue" })).toHaveCount(javaScriptEnabled === false ? 0 : 1);
  await expect(why).toBeVisible({ visible: javaScriptEnabled === false });
  await page.goto("/settings/passkeys/new");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("No passkey is being added");
  const door = await visitor();
  await door.goto("/sign-in");
  await expect(door.getByRole("button", { name: "Sign in with a passkey" })).toHaveCount(javaScriptEnabled === false ? 0 : 1);
});
