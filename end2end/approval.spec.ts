// Approving payments by a PIN: one payment to one person, on the page that shows it.

import { ask, careful, PIN } from "./approval";
import { askToSend, expect, PASSWORD, test } from "./fixtures";

test("a payment above the amount goes with the PIN, and a wrong one moves nothing", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const { page } = asha;
  await careful(page);
  await askToSend(page, meera.phone, "20");
  await expect(page.getByRole("button", { name: "Send ₹20.00" })).toBeVisible();
  await expect(page.getByLabel("Your PIN", { exact: true })).toHaveCount(0);

  await askToSend(page, meera.phone, "20.01");
  const pin = page.getByLabel("Your PIN", { exact: true });
  await pin.fill("314150");
  await page.getByRole("button", { name: "Send ₹20.01" }).click();
  await expect(page.getByRole("alert")).toContainText("Nothing was sent. No money moved.");
  await expect(pin).toHaveAccessibleDescription(/This is not your PIN\. You have 9 more tries\. No money moved\./);
  await expect(pin).toHaveValue("");
  expect(await asha.balance()).toBe(100_00);
  await pin.fill(PIN);
  await page.getByRole("button", { name: "Send ₹20.01" }).click();
  await expect(page).toHaveURL(/\/receipts\//);
  expect(await asha.balance()).toBe(79_99);
  const refused = await asha.transfer({ to: meera.phone, amount_minor: 20_01 });
  expect([refused.status(), (await refused.json()).type]).toEqual([403, "/problems/approval-needed"]);
});

test("being asked more often holds at once, less often takes the password", async ({ newcomer }) => {
  const { page } = await newcomer();
  await careful(page);
  await ask(page, "For every payment");
  await expect(page.getByRole("main").getByRole("status")).toContainText("You approve every payment.");
  await ask(page, "Never");
  await expect(page.getByRole("alert")).toContainText("When you are asked was not changed.");
  const password = page.getByLabel("Your password", { exact: true });
  await expect(password).toHaveAccessibleDescription(/Enter your password to be asked less often\./);
  await password.fill(PASSWORD);
  await page.getByRole("button", { name: "Change when I am asked" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("You are not asked any more.");
});
