// The main road of the product, as two people walk it.

import { askToSend, BANK, expect, masked, movements, newPhone, signUp, test } from "./fixtures";

test("money comes in from a bank and goes to a person, and both have it in writing", async ({ visitor }) => {
  test.slow();
  const asha = await signUp(await visitor(), "Asha Rao", newPhone());
  const meera = await signUp(await visitor(), "Meera Krishnan", newPhone());
  const page = asha.page;

  await test.step("Asha asks the bank for ₹500", async () => {
    await page.goto("/home");
    await expect(page.getByRole("heading", { level: 1 })).toHaveAccessibleName(/₹0\.00/);
    await page.getByRole("navigation").getByRole("link", { name: "Add money" }).click();
    await page.getByLabel("Amount", { exact: true }).fill("500");
    await page.getByLabel("Bank", { exact: true }).selectOption("Nilgiri Bank");
    await page.getByRole("button", { name: "Continue to bank" }).click();
  });

  await test.step("the bank's page is unmistakably the bank's, and she approves there", async () => {
    expect(new URL(page.url()).origin).toBe(BANK);
    await expect(page).toHaveTitle(/Nilgiri Bank/);
    await expect(page.getByRole("note")).toContainText("no real bank, no real money");
    await expect(page.getByRole("banner")).toContainText("Nilgiri Bank");
    await expect(page.getByRole("navigation")).toHaveCount(0);
    await expect(page.getByRole("row", { name: /^Amount/ })).toContainText("500.00");
    await page.getByRole("button", { name: "Approve payment" }).click();
  });

  await test.step("it is in her wallet", async () => {
    await expect(page).toHaveURL(/\/add-money\/[0-9a-f-]{36}$/);
    await expect(page.getByText("Added to your wallet", { exact: true })).toBeVisible();
    await page.goto("/home");
    await expect(page.getByRole("heading", { level: 1 })).toHaveAccessibleName(/₹500\.00/);
  });

  await test.step("she asks to send ₹123.45, and sees whom she is about to pay", async () => {
    await askToSend(page, meera.phone, "123.45", "Tickets for Saturday");
    await expect(page).toHaveURL(/\/send\/review/);
    const main = page.getByRole("main");
    await expect(main).toContainText("Meera Krishnan");
    await expect(main).toContainText(masked(meera.phone));
    await expect(main).not.toContainText(meera.phone);
    await expect(main).toContainText("You have not paid Meera Krishnan before");
    await expect(main).toContainText("You can undo this for 10 seconds");
    await expect(main).toContainText("Tickets for Saturday");
    await expect(main).toContainText(/Left after\s*₹376\.55/);
    expect(await asha.balance()).toBe(500_00);
    await page.getByRole("button", { name: "Send ₹123.45" }).click();
  });

  await test.step("her receipt says that it happened", async () => {
    await expect(page).toHaveURL(/\/receipts\/[0-9a-f-]{36}$/);
    const heading = page.getByRole("heading", { level: 1 });
    await expect(heading).toHaveAccessibleName(/^₹123\.45 is held until \d\d:\d\d:\d\d\. It moves to Meera Krishnan then\.$/);
    await expect(heading).toHaveAccessibleName("₹123.45 moved to Meera Krishnan", { timeout: 30_000 });
    await expect(page.getByRole("row", { name: /Your wallet/ })).toContainText("minus ₹123.45");
    await expect(page.getByRole("row", { name: /Meera Krishnan/ })).toContainText("plus ₹123.45");
    await expect(page.getByRole("main")).toContainText(/balance after\s*₹376\.55/i);
  });

  const receipt = new URL(page.url()).pathname;

  await test.step("both have it in their activity, each from their side", async () => {
    await page.goto("/activity");
    const sent = movements(page, "Meera Krishnan");
    await expect(sent).toContainText("minus ₹123.45");
    await expect(sent).toContainText(/Balance after: ₹376\.55/);
    await expect(sent).toContainText("Tickets for Saturday");
    await expect(movements(page, "Nilgiri Bank")).toContainText("plus ₹500.00");

    await meera.page.goto("/activity");
    const received = movements(meera.page, "Asha Rao");
    await expect(received).toContainText("plus ₹123.45");
    await expect(received).toContainText(/Balance after: ₹123\.45/);
    await expect(received).toContainText("Tickets for Saturday");
  });

  await test.step("the receipt is Meera's too, and nobody else's", async () => {
    await meera.page.goto("/home");
    await expect(meera.page.getByRole("heading", { level: 1 })).toHaveAccessibleName(/₹123\.45/);
    await movements(meera.page, "Asha Rao").getByRole("link").click();
    await expect(meera.page).toHaveURL(receipt);
    await expect(meera.page.getByRole("heading", { level: 1 })).toHaveAccessibleName("₹123.45 came from Asha Rao");
    await expect(meera.page.getByRole("row", { name: /Your wallet/ })).toContainText("plus ₹123.45");

    const stranger = await signUp(await visitor(), "Farhan Qureshi", newPhone());
    expect((await stranger.page.goto(receipt))?.status()).toBe(404);
    await expect(stranger.page.getByRole("main")).not.toContainText("123.45");
  });
});

test("whoever was paid once is not called a first time again", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.pay(meera, 1_00);
  await askToSend(asha.page, meera.phone, "1");
  await expect(asha.page.getByRole("button", { name: "Send ₹1.00" })).toBeVisible();
  await expect(asha.page.getByRole("main")).not.toContainText("before");
});
