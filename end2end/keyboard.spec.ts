// Everything can be reached and seen without a mouse.

import { expect, test } from "./fixtures";

test("the first stop leads past the navigation", async ({ newcomer }) => {
  const { page } = await newcomer();
  await page.goto("/home");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "Skip to content" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport({ ratio: 1 });
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
});

test("every stop is seen, and the main button is reached in order", async ({ newcomer }) => {
  const { page } = await newcomer();
  for (const [path, button] of [["/send", "Review"], ["/add-money", "Continue to bank"]]) {
    await page.goto(path);
    const stops: string[] = [];
    for (let i = 0; i < 40; i++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const at = document.activeElement as HTMLElement;
        const marks = [at, at.parentElement as HTMLElement].map((element) => getComputedStyle(element));
        const seen = marks.some((style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none");
        return { name: at.getAttribute("name") ?? at.textContent?.trim() ?? "", seen };
      });
      expect(stop.seen, `the focus on “${stop.name}” of ${path} is seen`).toBe(true);
      stops.push(stop.name);
      if (stop.name === button) break;
    }
    expect(stops.at(-1)).toBe(button);
    const fields = stops.filter((stop) => ["to", "amount", "note", "bank"].includes(stop));
    expect(fields).toEqual(path === "/send" ? ["to", "amount", "note"] : ["amount", "bank"]);
  }
});

test("the whole road can be walked without a mouse", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const { page } = asha;
  await page.goto("/send");
  await page.getByLabel("To", { exact: true }).focus();
  await page.keyboard.type(meera.phone);
  await page.keyboard.press("Tab");
  await page.keyboard.type("12.50");
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/send\/review/);
  await page.getByRole("button", { name: "Send ₹12.50" }).focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/receipts\//);
});
