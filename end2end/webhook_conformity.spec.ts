// The bank's door, tried with the reference library of Standard Webhooks instead of code of ours.

import { randomUUID } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { expect, type Payment, type Person, test, WEBHOOK } from "./fixtures";

const SECRET = (process.env.BANK_WEBHOOK_SECRETS ?? "").split(",")[0];
if (!SECRET) throw new Error("BANK_WEBHOOK_SECRETS is not set: `cargo xtask env BANK_WEBHOOK_SECRETS` tells it");

function bodyOf(payment: Payment) {
  const data = { token: payment.token, amount_minor: payment.amount_minor, currency: "INR", bank_reference: "REF1" };
  return JSON.stringify({ type: "payment.succeeded", timestamp: new Date().toISOString(), data });
}

function headersOf(body: string, { secret = SECRET, id = `msg_${randomUUID()}`, at = new Date() } = {}) {
  return {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
}

async function call(person: Person, body: string, headers: Record<string, string>): Promise<number> {
  return (await person.request.post(`${WEBHOOK}/webhooks/bank`, { data: Buffer.from(body), headers })).status();
}

test("a callback signed by the reference library is credited once, however often it comes", async ({ newcomer }) => {
  const asha = await newcomer();
  const { payment } = await asha.askBank(500_00);
  const body = bodyOf(payment);
  const headers = headersOf(body);
  expect(await call(asha, body, headers)).toBe(200);
  await expect.poll(() => asha.balance()).toBe(500_00);
  expect(await call(asha, body, headers), "the same message").toBe(200);
  expect(await call(asha, body, headersOf(body)), "under a new id").toBe(200);
  expect(await asha.balance()).toBe(500_00);
});

test("one good signature among several is enough: keys can be rotated", async ({ newcomer }) => {
  const asha = await newcomer();
  const { payment } = await asha.askBank(500_00);
  const body = bodyOf(payment);
  const headers = headersOf(body);
  const foreign = headersOf(body, { secret: other(), id: headers["webhook-id"] })["webhook-signature"];
  headers["webhook-signature"] = `v1a,AAAA ${foreign} ${headers["webhook-signature"]}`;
  expect(await call(asha, body, headers)).toBe(200);
});

test("a forged callback is refused and nothing is credited", async ({ newcomer }) => {
  const asha = await newcomer();
  const { payment } = await asha.askBank(500_00);
  const body = bodyOf(payment);
  const good = headersOf(body);
  const minutes = (n: number) => new Date(Date.now() + n * 60_000);
  const { "webhook-signature": signature, ...unsigned } = good;
  const forgeries: [string, string, Record<string, string>][] = [
    ["another key", body, headersOf(body, { secret: other() })],
    ["another body", body.replace("50000", "60000"), good],
    ["the same body, written otherwise", body.replace(":", ": "), good],
    ["another id", body, { ...good, "webhook-id": "msg_other" }],
    ["another time", body, { ...good, "webhook-timestamp": String(Number(good["webhook-timestamp"]) + 1) }],
    ["six minutes ago", body, headersOf(body, { at: minutes(-6) })],
    ["in six minutes", body, headersOf(body, { at: minutes(6) })],
    ["no signature", body, unsigned],
    ["an asymmetric signature only", body, { ...unsigned, "webhook-signature": signature.replace("v1,", "v1a,") }],
    ["an empty signature", body, { ...unsigned, "webhook-signature": "v1," }],
  ];
  for (const [what, sent, headers] of forgeries) expect(await call(asha, sent, headers), what).toBe(401);
  expect(await asha.balance()).toBe(0);
});

test("a signed callback about nobody's payment is answered at once", async ({ newcomer }) => {
  const asha = await newcomer();
  const { payment } = await asha.askBank(500_00);
  const body = bodyOf({ ...payment, token: randomUUID() });
  expect(await call(asha, body, headersOf(body))).toBe(404);
  expect(await asha.balance()).toBe(0);
});

/** A secret of the right form that is not the bank's. */
function other(): string {
  return `whsec_${Buffer.from(randomUUID()).toString("base64")}`;
}
