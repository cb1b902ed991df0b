// Stopping everything that leaves the wallet, and letting it go on.

import { askToSend, expect, PASSWORD, test } from "./fixtures";

test("one tap on the home page stops what leaves, and the password lets it go on", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.hold(meera, 20_00, 600);
  const { page } = asha;
  await page.goto("/home");
  await page.getByRole("button", { name: "Freeze wallet" }).click();
  await expect(page).toHaveURL("/settings/freeze?changed=frozen");
  await expect(page.getByRole("main").getByRole("status")).toContainText(/Your wallet is frozen since today, \d\d:\d\d\. ?Nothing leaves it/);
  expect(await asha.balance()).toBe(100_00);

  await askToSend(page, meera.phone, "10");
  await expect(page.getByRole("alert")).toContainText("Your wallet is frozen, so nothing leaves it.");
  await expect(page.getByLabel("Amount", { exact: true })).toHaveValue("10");
  const refused = await asha.transfer({ to: meera.phone, amount_minor: 10_00 });
  expect([refused.status(), (await refused.json()).type]).toEqual([422, "/problems/frozen"]);
  await asha.addMoney(50_00);

  await page.goto("/home");
  await page.getByRole("link", { name: "Thaw it" }).click();
  const password = page.getByLabel("Your password", { exact: true });
  await password.fill("a-wrong-password");
  await page.getByRole("button", { name: "Thaw", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("Your wallet stays frozen.");
  await expect(password).toHaveAccessibleDescription(/This is not your password\./);
  await password.fill(PASSWORD);
  await page.getByRole("button", { name: "Thaw", exact: true }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your wallet is thawed.");
  await asha.pay(meera, 10_00);
  await page.goto("/home");
  await expect(page.getByText("Your wallet is frozen")).toHaveCount(0);
});

test("a chosen delay keeps it frozen after the password, and can be called off", async ({ newcomer }) => {
  const { page } = await newcomer();
  await page.goto("/settings/freeze");
  await page.getByLabel("New time to thaw", { exact: true }).selectOption("An hour");
  await page.getByRole("button", { name: "Change the time to thaw" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your time to thaw is now: an hour.");
  await page.getByLabel("New time to thaw", { exact: true }).selectOption("At once");
  await page.getByRole("button", { name: "Change the time to thaw" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("A shorter time holds only when the present one has gone by.");

  await page.getByRole("button", { name: "Freeze now" }).click();
  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Thaw", exact: true }).click();
  await expect(page.getByRole("main").getByRole("status").first()).toContainText(/It thaws (today|tomorrow|.+), \d\d:\d\d\./);
  await page.getByRole("button", { name: "Keep it frozen" }).click();
  await expect(page.getByRole("button", { name: "Thaw", exact: true })).toBeVisible();
});
