// Payments that wait: the sender can undo them, the clock tells until when, and they move by themselves.

import type { Page } from "@playwright/test";
import { askToSend, expect, movements, type Person, test } from "./fixtures";

const heading = (page: Page) => page.getByRole("heading", { level: 1 });
const cancelButton = (page: Page) => page.getByRole("button", { name: "Cancel payment" });
const HELD = /^₹10\.00 is held until \d\d:\d\d:\d\d\. It moves to Meera Krishnan then\.$/;

/** Pays by the pages, up to the receipt. */
async function send(from: Person, to: Person, amount: string) {
  await askToSend(from.page, to.phone, amount, "Chai");
  await from.page.getByRole("button", { name: /^Send ₹/ }).click();
  await expect(from.page).toHaveURL(/\/receipts\//);
}

test("a first payment that is undone in time gives the money back", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await send(asha, meera, "10");
  const { page } = asha;
  const receipt = page.url();
  await expect(heading(page)).toHaveAccessibleName(HELD);
  await cancelButton(page).click();

  await expect(heading(page)).toHaveAccessibleName("₹10.00 was not sent to Meera Krishnan");
  await expect(page.getByRole("main")).toContainText("Cancelled. No money moved.");
  await expect(page).toHaveURL(receipt);
  expect([await asha.balance(), await meera.balance()]).toEqual([100_00, 0]);
  await page.reload();
  await expect(page.getByRole("main")).toContainText("Cancelled. No money moved.");
  await page.goto("/activity");
  await expect(movements(page, "Meera Krishnan")).toContainText("Cancelled");
  expect(await meera.activity()).toEqual([]);
});

test("a first payment that is left alone moves by itself, and the page goes on to its receipt", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  await send(asha, meera, "10");
  await expect(heading(asha.page)).toHaveAccessibleName(HELD);
  await expect(heading(asha.page)).toHaveAccessibleName("₹10.00 moved to Meera Krishnan", { timeout: 30_000 });
  await expect(cancelButton(asha.page)).toHaveCount(0);
  expect([await asha.balance(), await meera.balance()]).toEqual([90_00, 10_00]);

  await meera.page.goto("/activity");
  await expect(movements(meera.page, "Asha Rao")).toContainText("plus ₹10.00");
  await askToSend(asha.page, meera.phone, "10");
  await expect(asha.page.getByRole("main")).toContainText(/Arrives\s*At once/);
});

test("a large first payment waits an hour, in sight of both, and the sender can cancel it", async ({ newcomer, javaScriptEnabled }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(20_000_00);
  await askToSend(asha.page, meera.phone, "15000");
  await expect(asha.page.getByRole("main")).toContainText("It waits up to 60 minutes");
  await expect(asha.page.getByRole("main")).toContainText(/Arrives\s*In 60 minutes/);
  await asha.page.getByRole("button", { name: "Send ₹15,000.00" }).click();
  await expect(heading(asha.page)).toHaveAccessibleName(/^₹15,000\.00 is held until \d\d:\d\d:\d\d\. It moves to Meera Krishnan then\.$/);
  await expect(asha.page.getByRole("main")).toContainText("It waits because Meera Krishnan is new to you and it is more than ₹10,000.");
  expect([await asha.balance(), await meera.balance()]).toEqual([5_000_00, 0]);
  const receipt = new URL(asha.page.url()).pathname;

  await test.step("the payee sees it coming, and cannot touch it", async () => {
    const { page } = meera;
    await page.goto("/activity");
    await expect(movements(page, "Asha Rao")).toContainText(/Waiting until \d\d:\d\d/);
    await movements(page, "Asha Rao").getByRole("link").click();
    await expect(heading(page)).toHaveAccessibleName(/^₹15,000\.00 is held until \d\d:\d\d:\d\d\. It comes from Asha Rao then\.$/);
    await expect(page.getByRole("main")).toContainText("Until then it is not in your wallet");
    await expect(cancelButton(page)).toHaveCount(0);
    expect((await meera.submit(receipt, {})).status()).toBe(422);
  });

  for (const page of [asha.page, meera.page]) {
    await expect(page.getByRole("timer")).toHaveCount(javaScriptEnabled === false ? 0 : 1);
    if (javaScriptEnabled !== false) await expect(page.getByRole("timer")).toHaveText(/^5\d min \d+ s$/);
  }

  await test.step("her home page says what is held, and leads to it", async () => {
    const { page } = asha;
    await page.goto("/home");
    const held = page.getByRole("region", { name: "Held" });
    await expect(held).toContainText("₹15,000.00");
    await expect(held).toContainText(/Waiting until \d\d:\d\d/);
    await expect(held).toContainText("For Meera Krishnan. A large payment to somebody new.");
    await held.getByRole("link").click();
    await cancelButton(page).click();
    await expect(page.getByRole("main")).toContainText("Cancelled. No money moved.");
    await page.goto("/home");
    await expect(heading(page)).toHaveAccessibleName(/₹20,000\.00/);
    await expect(held).toHaveCount(0);
  });
  if (javaScriptEnabled === false) await meera.page.reload();
  await expect(heading(meera.page)).toHaveText("There is nothing here");
  expect((await meera.page.request.get(receipt)).status()).toBe(404);
});

test("cancelling twice, by double click or again later, is cancelling once", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const receipt = `/receipts/${await asha.hold(meera, 10_00, 3600)}`;
  await asha.page.goto(receipt);
  await cancelButton(asha.page).dblclick();
  await expect(asha.page.getByRole("main")).toContainText("Cancelled. No money moved.");
  const again = await asha.submit(receipt, {});
  expect([again.status(), again.headers()["location"]]).toEqual([303, receipt]);
  await asha.page.goBack();
  await asha.page.goto(receipt);
  await expect(cancelButton(asha.page)).toHaveCount(0);
  expect(await asha.get("/api/v1/balance")).toMatchObject({ available_minor: 100_00, held_minor: 0 });
});

test("a payment that is cancelled elsewhere is shown as cancelled by itself", async ({ newcomer }) => {
  test.slow();
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const receipt = `/receipts/${await asha.hold(meera, 10_00, 3600)}`;
  await asha.page.goto(receipt);
  await expect(heading(asha.page)).toHaveAccessibleName(HELD);
  expect((await asha.submit(receipt, {})).status()).toBe(303);
  await expect(asha.page.getByRole("main")).toContainText("Cancelled. No money moved.", { timeout: 60_000 });
});

test("whoever cancels too late is told that it has moved", async ({ newcomer }) => {
  const [asha, meera, mallory] = [await newcomer(), await newcomer("Meera Krishnan"), await newcomer("Mallory")];
  await asha.addMoney(100_00);
  const [at_once, waited] = [await asha.pay(meera, 10_00), await asha.hold(meera, 10_00, 1)];
  await expect.poll(async () => (await asha.get(`/api/v1/transfers/${waited}`)).status).toBe("POSTED");
  for (const id of [at_once, waited]) {
    const answer = await asha.submit(`/receipts/${id}`, {});
    expect(answer.status()).toBe(422);
    expect(await answer.text()).toContain("It is too late to cancel this payment: it has moved.");
    expect((await mallory.submit(`/receipts/${id}`, {})).status(), "a stranger").toBe(404);
  }
  expect([await asha.balance(), await meera.balance()]).toEqual([80_00, 20_00]);
});

test("the API sets a payment aside for as long as it is asked to, and says how far it is", async ({ newcomer }) => {
  const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
  await asha.addMoney(100_00);
  const body = { to: meera.phone, amount_minor: 10_00 };
  for (const undo_seconds of [3601, 70_000, -1, 1.5, "10"]) {
    expect((await asha.transfer({ ...body, undo_seconds })).status(), String(undo_seconds)).toBe(400);
  }
  const key = `hold-${asha.phone}`;
  const made = await (await asha.transfer({ ...body, undo_seconds: 600 }, key)).json();
  expect(made).toMatchObject({ status: "PENDING", amount_minor: 10_00, balance: { available_minor: 90_00, held_minor: 10_00 } });
  expect(Date.parse(made.release_at) - Date.parse(made.created_at)).toBe(600_000);
  for (const address of [made.id, `by-key/${key}`]) {
    expect(await asha.get(`/api/v1/transfers/${address}`)).toMatchObject({ id: made.id, status: "PENDING", release_at: made.release_at });
  }
  expect((await asha.activity())[0]).toMatchObject({ kind: "transfer", id: made.id, direction: "out", status: "PENDING", release_at: made.release_at });
  expect((await meera.request.get(`/api/v1/transfers/${made.id}`)).status(), "the moment to undo is the sender's").toBe(404);

  await asha.submit(`/receipts/${made.id}`, {});
  expect((await asha.get(`/api/v1/transfers/${made.id}`)).status).toBe("VOIDED");
  const again = await asha.transfer({ ...body, undo_seconds: 600 }, key);
  expect(await again.json()).toMatchObject({ id: made.id, status: "VOIDED" });
  expect((await (await asha.transfer(body)).json()).status, "unless it asks for time").toBe("POSTED");
});
