// The profile: what others see of one, and how one changes it.

import type { Page } from "@playwright/test";
import { askToSend, expect, masked, movements, newPhone, PICTURE, test } from "./fixtures";

test("a new name stands at once wherever others see one", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await asha.pay(meera, 1_00, "Chai");
  const { page } = asha;
  await page.goto("/home");
  await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Settings" }).click();
  await expect(page).toHaveURL("/settings/profile");
  await page.getByLabel("Full name", { exact: true }).fill("  Asha   Rao-Iyer ");
  await page.getByRole("button", { name: "Change the name" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your name is Asha Rao-Iyer now");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Asha Rao-Iyer");
  await meera.page.goto("/activity");
  await expect(movements(meera.page, "Chai")).toContainText("Asha Rao-Iyer");
});

test("what is no name is refused and stays as it was typed", async ({ newcomer }) => {
  const { page } = await newcomer();
  for (const [typed, sentence] of [["", /Enter your name/], ["12", /./]] as const) {
    await page.goto("/settings/profile");
    await page.getByLabel("Full name", { exact: true }).fill(typed);
    await page.getByRole("button", { name: "Change the name" }).click();
    await expect(page.getByRole("alert")).toContainText("Nothing was changed.");
    await expect(page.getByLabel("Full name", { exact: true })).toHaveAccessibleDescription(sentence);
    await expect(page.getByLabel("Full name", { exact: true })).toHaveValue(typed);
  }
  await page.goto("/settings/profile");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Asha Rao");
});

test("a handle is chosen once, is one person's, and stays as it was typed where it is refused", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  const handle = `a_${newPhone()}`;
  const field = asha.page.getByLabel("Handle", { exact: true });
  for (const [typed, sentence] of [["ab", /3 to 20 characters/], ["a b c", /3 to 20/], ["@okane", /kept for OKANE/], ["", /Enter a handle/]] as const) {
    await asha.page.goto("/settings/profile");
    await field.fill(typed);
    await asha.page.getByRole("button", { name: "Choose this handle" }).click();
    await expect(field).toHaveAccessibleDescription(sentence);
    await expect(field).toHaveValue(typed);
  }
  await field.fill(`@${handle.toUpperCase()}`);
  await asha.page.getByRole("button", { name: "Choose this handle" }).click();
  await expect(asha.page.getByRole("main").getByRole("status")).toContainText(`Your handle is @${handle}.`);
  await expect(field).toHaveCount(0);
  await asha.page.goto("/home");
  await expect(asha.page.getByRole("region", { name: "To be paid" })).toContainText(`@${handle}`);
  const other = await asha.submit("/settings/profile", { handle: `b_${newPhone()}` });
  expect([other.status(), (await other.text()).includes("cannot be changed")]).toEqual([422, true]);

  await meera.page.goto("/settings/profile");
  await meera.page.getByLabel("Handle", { exact: true }).fill(handle);
  await meera.page.getByRole("button", { name: "Choose this handle" }).click();
  await expect(meera.page.getByLabel("Handle", { exact: true })).toHaveAccessibleDescription(/Somebody has this handle already/);
});

test("phone and e-mail are shown to their owner, whole, and cannot be typed over", async ({ newcomer }) => {
  const email = `a${newPhone()}@example.in`;
  const asha = await newcomer("Asha Rao", email);
  await asha.page.goto("/settings/profile");
  const reached = asha.page.getByRole("region", { name: "Phone and email" });
  await expect(reached).toContainText(`+91 ${asha.phone.slice(0, 5)} ${asha.phone.slice(5)}`);
  await expect(reached).toContainText(email);
  await expect(reached.getByRole("textbox")).toHaveCount(0);
  const meera = await newcomer("Meera Krishnan");
  await meera.submit("/people", { to: asha.phone });
  await meera.page.goto("/people");
  await expect(meera.page.getByRole("main")).toContainText(masked(asha.phone));
  expect(await meera.page.content()).not.toContain(email);
});

test("theme and hidden amounts are chosen here as in the head of every page", async ({ newcomer }) => {
  const { page } = await newcomer();
  await page.goto("/settings/profile");
  const appearance = page.getByRole("region", { name: "Appearance in this browser" });
  await appearance.getByRole("button", { name: "Dark" }).click();
  await expect(page).toHaveURL("/settings/profile");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await appearance.getByRole("button", { name: "Hide amounts" }).click();
  await expect(appearance.getByRole("button", { name: "Show amounts" })).toBeVisible();
  await page.goto("/home");
  await expect(page.getByRole("main")).toContainText("amount hidden");
});

test("settings lead from the profile to the limits and back", async ({ newcomer }) => {
  const { page } = await newcomer();
  await page.goto("/settings");
  await expect(page).toHaveURL("/settings/profile");
  const tabs = page.getByRole("navigation", { name: "Settings" });
  await tabs.getByRole("link", { name: "Limits" }).click();
  await expect(page).toHaveURL("/settings/limits");
  await expect(tabs.getByRole("link", { name: "Limits" })).toHaveAttribute("aria-current", "page");
  await tabs.getByRole("link", { name: "Profile" }).click();
  await expect(page).toHaveURL("/settings/profile");
});

/** Sides, in pixels, of the pictures of people that a page shows. */
async function pictures(page: Page): Promise<number[]> {
  await page.waitForLoadState("load");
  return page.getByRole("main").evaluate((main) =>
    [...main.querySelectorAll<HTMLImageElement>("img[src^='/pictures/']")].map((picture) => picture.naturalWidth),
  );
}

test("a picture is sent by a plain form, seen by those one deals with, and taken away again", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  const { page } = asha;
  await page.goto("/settings/profile");
  expect(await pictures(page)).toEqual([]);
  await page.getByLabel("Picture", { exact: true }).setInputFiles(PICTURE);
  await page.getByRole("button", { name: "Save the picture" }).click();
  await expect(page).toHaveURL("/settings/profile?changed=picture");
  await expect(page.getByRole("main").getByRole("status")).toContainText("This is your picture now.");
  expect(await pictures(page)).toEqual([256]);

  await meera.addMoney(10_00);
  await askToSend(meera.page, asha.phone, "1");
  await expect(meera.page.getByRole("heading", { level: 1 })).toHaveText("Send this?");
  expect(await pictures(meera.page), "whoever is about to pay sees whom").toEqual([256]);
  await asha.addMoney(10_00);
  await asha.pay(meera, 1_00, "Chai");
  for (const path of ["/people", "/activity", "/send"]) {
    await meera.page.goto(path);
    expect(await pictures(meera.page), path).toEqual([256]);
  }

  await page.getByRole("button", { name: "Remove the picture" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your picture is removed.");
  expect(await pictures(page)).toEqual([]);
  await meera.page.goto("/people");
  expect(await pictures(meera.page)).toEqual([]);
});

test("what is no picture is refused on the same page, and a large file is answered too", async ({ newcomer }) => {
  const { page } = await newcomer();
  const refused: [string, Buffer, RegExp][] = [
    ["me.png", Buffer.from("<svg onload=alert(1)>"), /cannot be read as a picture/],
    ["me.jpg", Buffer.alloc(10 * 1024 * 1024, 0xff), /larger than 5 MB/],
  ];
  for (const [name, buffer, sentence] of refused) {
    await page.goto("/settings/profile");
    await page.getByLabel("Picture", { exact: true }).setInputFiles({ name, mimeType: "image/png", buffer });
    await page.getByRole("button", { name: "Save the picture" }).click();
    await expect(page.getByRole("alert")).toContainText("Nothing was changed.");
    await expect(page.getByLabel("Picture", { exact: true })).toHaveAccessibleDescription(sentence);
  }
  await page.goto("/settings/profile/picture");
  await expect(page, "its address leads back to the profile").toHaveURL("/settings/profile");
});

test("a refused picture stays refused before one's eyes while something else is new @js", async ({ newcomer }) => {
  const asha = await newcomer("Asha Rao");
  const { page } = asha;
  await page.goto("/settings/profile");
  const picture = page.getByLabel("Picture", { exact: true });
  await picture.setInputFiles({ name: "me.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await page.getByRole("button", { name: "Save the picture" }).click();
  await expect(page.getByRole("alert")).toContainText("Nothing was changed.");
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await asha.submit("/settings/profile", { name: "Asha Iyer" });
  await expect(page.getByRole("main")).toContainText("Asha Iyer");
  await expect(page.getByRole("alert")).toContainText("Nothing was changed.");
  await expect(picture).toHaveAccessibleDescription(/cannot be read as a picture/);
});
