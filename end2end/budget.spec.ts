// What somebody loads who comes for the first time, counted as it comes over the wire.

import type { Page, Response } from "@playwright/test";
import { expect, test } from "./fixtures";

const KB = 1024;
/** Bytes of bodies as they were sent, by what they are. */
const BUDGET: Record<string, number> = { script: 110 * KB, stylesheet: 10 * KB, document: 8 * KB, font: 50 * KB };
const REQUESTS = 8;

/** Script and WASM are one thing to whoever waits for them. */
function kind(response: Response): string {
  const type = response.request().resourceType();
  return response.url().endsWith(".wasm") ? "script" : type;
}

/** Opens a page with nothing kept from before, and waits until all is there that makes it alive. */
async function firstLoad(page: Page, path: string, last: string): Promise<Response[]> {
  const responses: Response[] = [];
  page.on("response", (response) => responses.push(response));
  await page.goto(path);
  await expect.poll(() => responses.some((response) => response.url().includes(last))).toBe(true);
  // A stream of events never ends; whatever else was begun does.
  const files = responses.filter((response) => !response.url().includes("/api/v1/events"));
  await Promise.all(files.map((response) => response.finished()));
  return responses;
}

async function bytes(responses: Response[]): Promise<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const response of responses.filter((response) => !response.url().includes("/api/v1/events"))) {
    const { responseBodySize } = await response.request().sizes();
    sums[kind(response)] = (sums[kind(response)] ?? 0) + responseBodySize;
  }
  return sums;
}

test("a first load of any page stays within its budget", { tag: "@js" }, async ({ newcomer, browser }) => {
  test.slow();
  const asha = await newcomer();
  const meera = await newcomer("Meera Krishnan");
  await asha.addMoney(10_000_00);
  for (let n = 1; n <= 35; n++) await asha.pay(meera, n * 100, `Rent of month ${n}`);
  const storageState = await asha.page.context().storageState();
  for (const path of ["/sign-in", "/home", "/send", "/activity"]) {
    const context = await browser.newContext({ storageState: path === "/sign-in" ? undefined : storageState });
    const responses = await firstLoad(await context.newPage(), path, path === "/sign-in" ? ".wasm" : "/api/v1/events");
    const sums = await bytes(responses);
    console.log(`${path}: ${responses.length} requests, ${JSON.stringify(sums)}`);
    expect(responses.length, path).toBeLessThanOrEqual(REQUESTS);
    expect(sums.script, path).toBeGreaterThan(10 * KB); // it was counted
    for (const [kind, most] of Object.entries(BUDGET)) {
      expect(sums[kind] ?? 0, `${kind} of ${path}`).toBeLessThanOrEqual(most);
    }
    await context.close();
  }
});

test("what a page loads is kept for ever under a name of its own, and is sent small", async ({ page }) => {
  const text = await (await page.request.get("/sign-in")).text();
  const files = [...new Set(text.match(/\/pkg\/[^"'\s]+\.(?:css|js|wasm)/g))];
  expect(files.map((file) => file.split(".").pop()).sort()).toEqual(["css", "js", "wasm"]);
  for (const file of files) {
    const answer = await page.request.get(file, { headers: { "Accept-Encoding": "br" } });
    expect(answer.status(), file).toBe(200);
    expect(answer.headers()["cache-control"], file).toBe("public, max-age=31536000, immutable");
    expect(answer.headers()["content-encoding"], file).toBe("br");
    expect(answer.headers().vary, file).toBe("accept-encoding");
    const plain = await page.request.get(file, { headers: { "Accept-Encoding": "identity" } });
    expect(plain.headers()["content-encoding"], file).toBeUndefined();
    expect((await plain.body()).equals(await answer.body()), file).toBe(true);
  }
  const other = await page.request.get("/favicon.svg");
  expect(other.headers()["cache-control"]).toBe("no-cache");
  const missing = await page.request.get("/pkg/okane.0000000000000000.css");
  expect([missing.status(), missing.headers()["cache-control"]]).toEqual([404, "no-store"]);
});
