// Every page there is, for specs that look at all of them.

import type { Page } from "@playwright/test";
import { careful } from "./approval";
import { askToSend, codeFor, expect, linkFor, newPhone, PASSWORD, type Person, signIn, test } from "./fixtures";
import { add, device, LOCALHOST } from "./passkeys";
import { codeOf, setUp } from "./second_factor";

/** A name and where it is; some pages are there only after something happened. */
type Place = [name: string, open: (page: Page) => Promise<unknown>];

const DOORS: Place[] = [
  ["landing", (page) => page.goto("/")],
  ["sign-up", (page) => page.goto("/sign-up")],
  ["sign-up-verify", async (page) => {
    await page.goto("/sign-up");
    await page.getByLabel("Full name", { exact: true }).fill("Asha Rao");
    await page.getByLabel("Phone number", { exact: true }).fill(newPhone());
    await page.getByLabel("Email", { exact: true }).fill(`${newPhone()}@example.in`);
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page).toHaveURL(/verify/);
  }],
  ["sign-up-over", (page) => page.goto("/sign-up/verify")],
  ["forgotten", (page) => page.goto("/forgotten")],
  ["forgotten-code", (page) => page.goto("/forgotten/code")],
  ["sign-in", (page) => page.goto("/sign-in")],
  ["sign-in-refused", async (page) => {
    await page.goto("/sign-in");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("alert")).toBeVisible();
  }],
  ["sign-in-code-over", (page) => page.goto("/sign-in/code")],
  ["sign-in-google", (page) => page.goto("/sign-in?google=away")],
  ["not-found", (page) => page.goto("/nonsense")],
];

/** Every private page, of somebody who has been through everything. */
async function places(asha: Person, meera: Person, farhan: Person, others: Person[]): Promise<Place[]> {
  await asha.addMoney(40_000_00);
  const added = await asha.addMoney(12_345_67);
  const sent = await asha.pay(meera, 1_250_50, "Tickets for Saturday");
  await meera.pay(asha, 640_00, "Half of the gas bill");
  const waiting = await asha.hold(meera, 320_00, 3600, "Cinema");
  const large = await asha.pay(farhan, 15_000_00, "Deposit for the flat");
  const cancelled = await asha.hold(meera, 99_00, 3600, "Wrong number");
  await asha.submit(`/receipts/${cancelled}`, {});
  const settled = (await asha.activity()).find((item: { amount_minor: number }) => item.amount_minor === 12_345_67).id;
  const pending = await asha.askBank(10_000_00, "nilgiri");
  const declined = await asha.askBank(750_00, "malwa");
  await asha.page.request.post(declined.payment.page, { form: { decide: "decline" }, maxRedirects: 0 });
  await expect.poll(async () => (await asha.get(`/api/v1/on-ramps/${declined.id}`)).status).toBe("FAILURE");
  await asha.submit("/settings/profile", { handle: `asha_${newPhone()}` });
  await asha.showPicture();
  await farhan.submit("/settings/profile", { handle: `farhan_${newPhone()}` });
  await farhan.showPicture();
  const [gurpreet] = await Promise.all(others.map((other) => asha.submit("/people", { to: other.phone })));
  const page = (await asha.submit("/people", { to: meera.phone })).headers().location;
  await asha.submit(page, { favourite: "1" });
  return [
    ["people", (page) => page.goto("/people")],
    ["people-search", (page) => page.goto("/people?search=meera")],
    ["people-refused", (page) => addPerson(page, "@nobody_at_all")],
    ["person", (tab) => tab.goto(page)],
    ["person-added", (page) => page.goto(gurpreet.headers().location)],
    ["profile", (page) => page.goto("/settings/profile")],
    ["profile-changed", (page) => page.goto("/settings/profile?changed=picture")],
    ["profile-refused", (page) => changeName(page, "12")],
    ["send-to", (tab) => tab.goto(`/send?to=${page.split("/").pop()}`)],
    ["home", (page) => page.goto("/home")],
    ["activity", (page) => page.goto("/activity")],
    ["add-money", (page) => page.goto("/add-money")],
    ["add-money-pending", (page) => page.goto(`/add-money/${pending.id}`)],
    ["add-money-success", (page) => page.goto(`/add-money/${added}`)],
    ["add-money-declined", (page) => page.goto(`/add-money/${declined.id}`)],
    ["bank", (page) => page.goto(pending.payment.page)],
    ["bank-decided", (page) => page.goto(declined.payment.page)],
    ["send", (page) => page.goto("/send")],
    ["send-refused", (page) => ask(page, meera.phone, "999999")],
    ["review", (page) => ask(page, meera.phone, "1.50")],
    ["review-first", (page) => ask(page, farhan.phone, "12,000")],
    ["receipt-waiting", (page) => page.goto(`/receipts/${waiting}`)],
    ["receipt-waiting-large", (page) => page.goto(`/receipts/${large}`)],
    ["receipt-cancelled", (page) => page.goto(`/receipts/${cancelled}`)],
    ["receipt-sent", (page) => page.goto(`/receipts/${sent}`)],
    ["receipt-top-up", (page) => page.goto(`/receipts/${settled}`)],
    ["receipt-missing", (page) => page.goto("/receipts/nonsense")],
    ["security", (page) => page.goto("/settings/security")],
    ["password", (page) => page.goto("/settings/password")],
    ["password-refused", changePassword],
    ["sessions", (page) => page.goto("/settings/sessions")],
    ["passkeys", (page) => page.goto("/settings/passkeys")],
    ["passkeys-refused", (page) => addPasskey(page, "")],
    ["passkeys-new", (page) => addPasskey(page, PASSWORD)],
    ["approval-new", (page) => page.goto("/settings/approval")],
    ["freeze", (page) => page.goto("/settings/freeze")],
    ["phone", (page) => page.goto("/settings/phone")],
    ["email", (page) => page.goto("/settings/email")],
    ["email-code", askForEmail],
    ["codes-over", (page) => page.goto("/settings/phone/code")],
    ["undo-over", (page) => page.goto("/undo-change")],
    ["notices", (page) => page.goto("/settings/notices")],
    ["google", (page) => page.goto("/settings/google?google=taken")],
    ["limits", (page) => page.goto("/settings/limits")],
    ["limits-lower", (page) => changeLimit(page, "for a day", "20,000")],
    ["limits-higher", (page) => changeLimit(page, "for a day", "50,000")],
    ["limits-refused", (page) => changeLimit(page, "for a month", "lots")],
    ["second-factor", (page) => page.goto("/settings/second-factor")],
    ["second-factor-offered", setUp],
    ["second-factor-codes", (page) => turnOnOffered(page, asha.phone)],
    ["second-factor-on", (page) => page.goto("/settings/second-factor")],
    ["second-factor-off", (page) => page.goto("/settings/second-factor?do=turn_off")],
    ["approval", careful],
    ["review-approve", (page) => ask(page, meera.phone, "20.01")],
  ];
}

async function askForEmail(page: Page) {
  await page.goto("/settings/email");
  await page.getByLabel("New email", { exact: true }).fill(`${newPhone()}@example.in`);
  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Send the codes" }).click();
  await expect(page).toHaveURL("/settings/email/code");
}

async function addPasskey(page: Page, password: string) {
  await page.goto("/settings/passkeys");
  if (!(await page.getByRole("button", { name: "Continue" }).isVisible())) return; // there is none without script
  await page.getByLabel("Name", { exact: true }).fill("My phone");
  await page.getByLabel("Your password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("alert").or(page.getByRole("button", { name: "Make the passkey" }))).toBeVisible();
}

async function turnOnOffered(page: Page, phone: string) {
  await page.getByLabel("Code from your phone number", { exact: true }).fill(await codeFor(page, phone));
  await page.getByLabel("Code", { exact: true }).fill(codeOf(await page.getByRole("code").innerText()));
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByRole("list", { name: "Recovery codes" })).toBeVisible();
}

async function takeFirstStep(page: Page, phone: string) {
  await page.goto("/sign-in");
  await signIn(page, phone);
  await expect(page).toHaveURL(/\/sign-in\/code/);
}

async function addPerson(page: Page, to: string) {
  await page.goto("/people");
  await page.getByLabel("Phone number or handle", { exact: true }).fill(to);
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await expect(page.getByRole("alert")).toBeVisible();
}

async function changeName(page: Page, to: string) {
  await page.goto("/settings/profile");
  await page.getByLabel("Full name", { exact: true }).fill(to);
  await page.getByRole("button", { name: "Change the name" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
}

async function changePassword(page: Page) {
  await page.goto("/settings/password");
  await page.getByRole("button", { name: "Change password" }).click();
  await expect(page.getByRole("alert")).toBeVisible();
}

async function changeLimit(page: Page, which: string, to: string) {
  await page.goto("/settings/limits");
  await page.getByLabel(`New limit ${which}`, { exact: true }).fill(to);
  await page.getByRole("button", { name: `Change the limit ${which}` }).click();
  await expect(page.getByRole("alert").or(page.getByRole("status").filter({ hasText: "limit" }))).toBeVisible();
}

/** Without script there is no passkey, and these are the page without one. */
const PASSKEYS = (phone: string): Place[] => [
  ["passkeys-list", async (page) => {
    await page.goto(`${LOCALHOST}/sign-in`);
    await signIn(page, phone);
    await expect(page).toHaveURL(`${LOCALHOST}/home`);
    await page.goto(`${LOCALHOST}/settings/passkeys`);
    if (!(await page.getByRole("button", { name: "Continue" }).isVisible())) return;
    await device(page);
    await add(page, "The phone that I have with me always", LOCALHOST);
    await expect(page.getByRole("main").getByRole("status")).toContainText("Your passkey is added.");
    await page.goto(`${LOCALHOST}/settings/passkeys`);
  }],
  ["passkeys-rename", (page) => chosen(page, /^Rename/)],
  ["passkeys-remove", (page) => chosen(page, /^Remove/)],
];

async function chosen(page: Page, link: RegExp) {
  await page.goto(`${LOCALHOST}/settings/passkeys`);
  const found = page.getByRole("main").getByRole("link", { name: link });
  if (!(await found.isVisible())) return;
  await found.click();
  await expect(page.getByRole("heading", { level: 2 })).toHaveText(link);
}

/** Somebody whose e-mail address was changed, and who has the message. */
async function undoing(person: Person, email: string): Promise<Place[]> {
  const to = `b${newPhone()}@example.in`;
  expect((await person.submit("/settings/email", { email: to, confirm: PASSWORD })).status()).toBe(303);
  const codes = { from_code: await codeFor(person.page, email), to_code: await codeFor(person.page, to) };
  expect((await person.submit("/settings/email/code", codes)).status()).toBe(303);
  const link = await linkFor(person.page, email, "/undo-change");
  return [
    ["undo", (page) => page.goto(link)],
    ["undo-done", async (page) => {
      await page.goto(link);
      await page.getByRole("button", { name: "Undo it and freeze my wallet" }).click();
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("It is undone");
    }],
  ];
}

/** Of somebody who has turned the second step on, and says that it is lost. */
function waysBack(asha: Person): [Page | undefined, Place[]][] {
  return [
    [undefined, [
      ["sign-in-code", (page) => takeFirstStep(page, asha.phone)],
      ["way-back", (page) => page.getByRole("link", { name: "I have neither the app nor a recovery code" }).click()],
      ["way-back-code", async (page) => {
        await page.getByRole("button", { name: "Send the code" }).click();
        await expect(page.getByRole("button", { name: "Begin the wait" })).toBeVisible();
      }],
      ["way-back-waits", async (page) => {
        await page.getByLabel("Code from your phone number", { exact: true }).fill(await codeFor(asha.page, asha.phone));
        await page.getByRole("button", { name: "Begin the wait" }).click();
        await expect(page.getByRole("heading", { level: 1 })).toHaveText("The wait has begun");
      }],
    ]],
    [asha.page, [["second-factor-way-back", (page) => page.goto("/settings/second-factor")]]],
    [undefined, [
      ["stop-way-back", async (page) => page.goto(await linkFor(page, asha.phone, "/stop-way-back"))],
      ["stop-way-back-done", async (page) => {
        await page.getByRole("button", { name: "End this and keep my second step" }).click();
        await expect(page.getByRole("heading", { level: 1 })).toHaveText("It is ended");
      }],
      ["stop-way-back-over", (page) => page.goto("/stop-way-back")],
      ["way-back-over", async (page) => {
        await page.context().clearCookies();
        await page.goto("/sign-in/way-back");
      }],
    ]],
  ];
}

/** What somebody sees whom a large first payment is coming to. */
const COMING: Place[] = [
  ["activity-coming", (page) => page.goto("/activity")],
  ["receipt-coming", async (page) => {
    await page.goto("/activity");
    await page.getByRole("main").getByRole("listitem").getByRole("link").click();
    await expect(page).toHaveURL(/\/receipts\//);
  }],
];

async function ask(page: Page, to: string, amount: string) {
  await askToSend(page, to, amount);
  await expect(page.getByRole("alert").or(page.getByRole("button", { name: /^Send ₹/ }))).toBeVisible();
}

/** Opens every page there is, doors and empty states included, and looks at each. */
export async function everywhere(newcomer: (name?: string, email?: string) => Promise<Person>, visitor: Page, look: (name: string, page: Page) => Promise<void>) {
  const [asha, meera, nobody] = [await newcomer(), await newcomer("Meera Krishnan"), await newcomer("Nobody Yet")];
  const [farhan, gurpreet] = [await newcomer("Farhan Qureshi"), await newcomer("Gurpreet Singh")];
  const empty: Place[] = [["home-empty", (page) => page.goto("/home")], ["activity-empty", (page) => page.goto("/activity")], ["people-empty", (page) => page.goto("/people")], ["profile-new", (page) => page.goto("/settings/profile")]];
  const email = `a${newPhone()}@example.in`;
  const kavya = await newcomer("Kavya Nair", email);
  const back = waysBack(asha).map(([page, stops]): [Page, Place[]] => [page ?? visitor, stops]);
  const walks: [Page, Place[]][] = [
    [visitor, DOORS],
    [nobody.page, empty],
    [asha.page, await places(asha, meera, farhan, [gurpreet])],
    [farhan.page, COMING],
    [visitor, await undoing(kavya, email)],
    [meera.page, PASSKEYS(meera.phone)],
    ...back,
  ];
  for (const [page, stops] of walks) {
    for (const [name, open] of stops) {
      await test.step(name, async () => {
        await open(page);
        await look(name, page);
      });
    }
  }
}
