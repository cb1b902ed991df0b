// People for specs: each spec makes its own, so that all of them can run side by side and again and
// again on one database. Nothing here looks into the product: it uses the forms, the JSON API and the bank.

import { randomInt, randomUUID } from "node:crypto";
import { type BrowserContext, expect, type Locator, type Page, test as base } from "@playwright/test";

export { expect };

export const WEB = process.env.OKANE_URL ?? "http://127.0.0.1:3000";
export const WEBHOOK = process.env.WEBHOOK_URL ?? "http://127.0.0.1:3001";
export const BANK = process.env.BANK_URL ?? "http://127.0.0.1:3002";
export const PASSWORD = "brass-lamp-river";

/** A head and shoulders in six by four points. */
export const PICTURE = {
  name: "me.png",
  mimeType: "image/png",
  buffer: Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAYAAAAECAIAAAAiZtkUAAAAKklEQVR42mN4sm8aEFUE2AARhM0A4V9b0AREEFEGiAxECKHKJqoCjoBcAIiSKsk2eBuCAAAAAElFTkSuQmCC",
    "base64",
  ),
};

/** Ten digits that nobody has: one in a billion. */
export function newPhone(): string {
  return String(randomInt(9_000_000_000, 10_000_000_000));
}

/** What others may see of a number. */
export function masked(phone: string): string {
  return `+91 ${phone.slice(0, 2)}••• ••${phone.slice(-3)}`;
}

/** A payment as the bank lists it. */
export type Payment = { id: string; token: string; state: string; amount_minor: number; page: string };

/** Somebody with a wallet and a browser of their own. */
export class Person {
  constructor(readonly page: Page, readonly name: string, readonly phone: string) {}

  /** The browser's cookies, without the browser. */
  get request() {
    return this.page.context().request;
  }

  async get(path: string) {
    const answer = await this.request.get(path);
    expect(answer.status(), `GET ${path}`).toBe(200);
    return answer.json();
  }

  /** Paise that can be spent. */
  async balance(): Promise<number> {
    return (await this.get("/api/v1/balance")).available_minor;
  }

  /** Everything that moved or tried to, newest first. */
  async activity() {
    return (await this.get("/api/v1/activity?limit=100")).items;
  }

  /** Asks a bank for money; answers with the intent and the bank's side of it. */
  async askBank(paise: number, bank = "deccan"): Promise<{ id: string; payment: Payment }> {
    const data = { amount_minor: paise, bank };
    const answer = await this.request.post("/api/v1/on-ramps", { data, headers: { "Idempotency-Key": randomUUID() } });
    expect(answer.status(), await answer.text()).toBe(201);
    const { id } = await answer.json();
    await expect.poll(async () => (await this.get(`/api/v1/on-ramps/${id}`)).bank_page).not.toBeNull();
    const { bank_page } = await this.get(`/api/v1/on-ramps/${id}`);
    return { id, payment: await paymentOf(this.page, bank_page) };
  }

  /** Money from a bank that says yes at once; answers with the intent. */
  async addMoney(paise: number): Promise<string> {
    const before = await this.balance();
    const { id, payment } = await this.askBank(paise);
    expect(await deliver(this.page, payment, { type: "payment.succeeded" })).toEqual([200]);
    await expect.poll(() => this.balance()).toBe(before + paise);
    return id;
  }

  /** Pays somebody; answers with the transfer's id. */
  async pay(to: Person, paise: number, note = ""): Promise<string> {
    const answer = await this.transfer({ to: to.phone, amount_minor: paise, note });
    expect(answer.status(), await answer.text()).toBe(201);
    return (await answer.json()).id;
  }

  /** Sets a payment aside that its sender can undo; answers with the transfer's id. */
  async hold(to: Person, paise: number, seconds: number, note = ""): Promise<string> {
    const answer = await this.transfer({ to: to.phone, amount_minor: paise, note, undo_seconds: seconds });
    expect(answer.status(), await answer.text()).toBe(201);
    return (await answer.json()).id;
  }

  /** Pays somebody a rupee and gets it back, so that the next payment is not the first and goes at once. */
  async meet(other: Person) {
    await this.pay(other, 1_00);
    await other.pay(this, 1_00);
  }

  /** Sends a picture as the profile's form does. */
  async showPicture() {
    const answer = await this.request.post("/settings/profile/picture", { multipart: { picture: PICTURE }, maxRedirects: 0 });
    expect(answer.status(), await answer.text()).toBe(303);
  }

  /** One call of the API that moves money, however odd. */
  transfer(data: unknown, key: string = randomUUID()) {
    return this.request.post("/api/v1/transfers", { data, headers: { "Idempotency-Key": key } });
  }

  /** Sends a page's form as a browser would, without following where it leads. */
  submit(path: string, form: Record<string, string>) {
    return this.request.post(path, { form, maxRedirects: 0 });
  }
}

/** The bank's side of a payment, by its page. */
export async function paymentOf(page: Page, bankPage: string): Promise<Payment> {
  const payments: Payment[] = await (await page.request.get(`${BANK}/api/payments`)).json();
  const payment = payments.find((payment) => bankPage.endsWith(`/pay/${payment.id}`));
  if (!payment) throw new Error(`the bank knows no ${bankPage}`);
  return payment;
}

/** Has the bank deliver a callback; answers with what the webhook said to each copy. */
export async function deliver(page: Page, payment: Payment, data: object): Promise<number[]> {
  const answer = await page.request.post(`${BANK}/api/payments/${payment.id}/deliver`, { data });
  expect(answer.status(), await answer.text()).toBe(200);
  return (await answer.json()).statuses;
}

/** The newest code that was sent to a number or an address. */
export async function codeFor(page: Page, address: string): Promise<string> {
  const messages: { code: string | null }[] = await (await page.request.get(`/api/dev/inbox/${address}`)).json();
  const code = messages.find((message) => message.code)?.code;
  if (!code) throw new Error(`no code came to ${address}`);
  return code;
}

/** The newest link to a page of ours that was sent to a number or an address. */
export async function linkFor(page: Page, address: string, path: string): Promise<string> {
  const newest = async () => {
    const messages: { text: string }[] = await (await page.request.get(`/api/dev/inbox/${address}`)).json();
    const links = messages.map(({ text }) => text.split(/\s/).find((word) => word.includes(`${path}?token=`)));
    return links.find((link) => link);
  };
  await expect.poll(newest).toBeTruthy();
  return new URL((await newest())!).pathname + new URL((await newest())!).search;
}

/** Fills the code in that came to a number, and sends it. */
export async function proveNumber(page: Page, phone: string) {
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Enter the code");
  await page.getByLabel("Code", { exact: true }).fill(await codeFor(page, phone));
  await page.getByRole("button", { name: "Continue" }).click();
}

/** Fills the sign-up form in, sends it, and proves the number. */
export async function signUp(page: Page, name: string, phone: string): Promise<Person> {
  await page.goto("/sign-up");
  await page.getByLabel("Full name", { exact: true }).fill(name);
  await page.getByLabel("Phone number", { exact: true }).fill(phone);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Create account" }).click();
  await proveNumber(page, phone);
  await expect(page).toHaveURL("/home");
  return new Person(page, name, phone);
}

/** Fills the sign-in form in and sends it. */
export async function signIn(page: Page, identifier: string, password = PASSWORD) {
  await page.getByLabel("Phone or email", { exact: true }).fill(identifier);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Fills the send form in, up to the review or the refusal. */
export async function askToSend(page: Page, to: string, amount: string, note = "") {
  await page.goto("/send");
  await page.getByLabel("To", { exact: true }).fill(to);
  await page.getByLabel("Amount", { exact: true }).fill(amount);
  await page.getByLabel("Note", { exact: true }).fill(note);
  await page.getByRole("button", { name: "Review" }).click();
}

/** The rows of a list of movements that hold a text. */
export function movements(page: Page, text: string | RegExp): Locator {
  return page.getByRole("main").getByRole("listitem").filter({ hasText: text });
}

type Fixtures = {
  /** A browser of somebody who is not signed in. */
  visitor: () => Promise<Page>;
  /** Somebody new, signed in. */
  newcomer: (name?: string, email?: string) => Promise<Person>;
  /** What no page of ours may ever do. */
  troubles: string[];
};

export const test = base.extend<Fixtures>({
  troubles: [
    async ({}, use) => {
      const troubles: string[] = [];
      await use(troubles);
      expect(troubles, "dialogs, script errors and breaches of the content security policy").toEqual([]);
    },
    { auto: true },
  ],

  context: async ({ context, troubles }, use) => {
    await watch(context, troubles);
    await use(context);
  },

  visitor: async ({ browser, troubles }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async () => {
      const context = await browser.newContext();
      contexts.push(context);
      await watch(context, troubles);
      return context.newPage();
    });
    await Promise.all(contexts.map((context) => context.close()));
  },

  newcomer: async ({ visitor }, use) => {
    await use(async (name = "Asha Rao", email) => {
      const [page, phone] = [await visitor(), newPhone()];
      const created = await page.request.post("/api/v1/users", { data: { name, phone, email, password: PASSWORD } });
      expect(created.status(), await created.text()).toBe(201);
      const email_code = email && (await codeFor(page, email));
      const data = { phone, code: await codeFor(page, phone), email_code };
      expect((await page.request.post("/api/v1/users/verify", { data })).status()).toBe(201);
      return new Person(page, name, phone);
    });
  },
});

/** Notes whatever no page may do: script that fails, dialogs, and each breach of a policy, by its event and by what the browser says of it. */
async function watch(context: BrowserContext, troubles: string[]) {
  await context.exposeBinding("noteBreach", ({ page }, breach: string) => {
    troubles.push(`${page.url()}: ${breach}`);
  });
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const { noteBreach } = window as unknown as { noteBreach: (breach: string) => void };
      noteBreach(`a breach of ${event.effectiveDirective} by ${event.blockedURI}`);
    });
  });
  context.on("weberror", (error) => {
    // The browser's own word for a page that was left before it had faded in.
    if (!String(error.error()).includes("Transition was")) troubles.push(String(error.error()));
  });
  context.on("console", (message) => {
    const grave = /content security policy|panicked|unreachable/i.test(message.text());
    if (grave) troubles.push(`${message.page()?.url()}: ${message.text()}`);
  });
  context.on("dialog", (dialog) => {
    troubles.push(`a dialog: ${dialog.message()}`);
    return dialog.dismiss();
  });
}
