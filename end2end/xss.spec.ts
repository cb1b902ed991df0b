// Whether anything that people write runs in a browser. `server/tests/it/xss` puts all payloads everywhere and looks
// at what the pages are made of; here a browser takes some of them, and without the policy, which would stop them too.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, type Person, test } from "./fixtures";

type Payload = { class: string; text: string };
const PAYLOADS: Payload[] = JSON.parse(readFileSync(join(__dirname, "payloads.json"), "utf8"));
/** Of those that run something by themselves, each third. */
const SOME = PAYLOADS.filter(({ text }) => /[<"]/.test(text) && /xss=1/.test(text)).filter((_, n) => n % 3 === 0);

/** Each of them sets this. */
const ran = (page: Page) => page.evaluate(() => "xss" in window);

/** A page of somebody's in which nothing stops a script. */
async function unguarded(person: Person): Promise<Page> {
  const context = person.page.context();
  const browser = context.browser();
  if (!browser) throw new Error("there is no browser");
  const open = await browser.newContext({ bypassCSP: true, storageState: await context.storageState() });
  return open.newPage();
}

test("no script of anybody's runs on any page that shows it", { tag: "@js" }, async ({ newcomer }) => {
  test.slow();
  const [asha, mallory] = [await newcomer(), await newcomer("Mallory")];
  await asha.addMoney(1_000_00);
  await asha.meet(mallory);
  const them = (await asha.submit("/people", { to: mallory.phone })).headers().location;
  const page = await unguarded(asha);
  let names = 0;
  for (const { text } of SOME) {
    const renamed = await mallory.submit("/settings/profile", { name: text });
    names += Number(renamed.status() === 303);
    const paid = await asha.transfer({ to: mallory.phone, amount_minor: 1_00, note: text });
    const receipt = paid.ok() ? `/receipts/${(await paid.json()).id}` : "/receipts/nonsense";
    const typed = encodeURIComponent(text);
    for (const address of [them, receipt, `/people?search=${typed}`, `/send?to=${them.split("/").pop()}`, `/add-money?amount=${typed}`]) {
      await page.goto(address);
      expect(await ran(page), `${address} with ${text}`).toBe(false);
    }
  }
  expect(names).toBeGreaterThan(SOME.length / 2);
  await page.context().close();
});

test("no script runs that comes into an open page by itself", { tag: "@js" }, async ({ newcomer }) => {
  const [asha, mallory] = [await newcomer(), await newcomer("Mallory")];
  await mallory.addMoney(100_00);
  await mallory.submit("/settings/profile", { name: `<img src=x onerror=xss=1> Rao` });
  const page = await unguarded(asha);
  await page.goto("/home");
  await expect(page.getByRole("banner").getByText("Live", { exact: true })).toBeAttached();
  await mallory.pay(asha, 10_00, `</script><svg onload=xss=1>`);
  await expect(page.getByRole("main")).toContainText(`<img src=x onerror=xss=1> Rao`);
  expect(await ran(page)).toBe(false);
  await page.context().close();
});

test("a payload that is more than text is seen to run", { tag: "@js" }, async ({ browser }) => {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  for (const text of ["<script>xss=1</script>", "<img src=x onerror=xss=1>", `"><svg onload=xss=1>`]) {
    await page.route("http://evil.example/", (route) => route.fulfill({ contentType: "text/html", body: `<p title="${text}">${text}` }));
    await page.goto("http://evil.example/");
    await expect.poll(() => ran(page), text).toBe(true);
  }
  await context.close();
});
