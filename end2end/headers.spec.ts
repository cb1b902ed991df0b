// What every answer carries, and how the services say that they are well.

import { expect, test, WEB, WEBHOOK } from "./fixtures";

const PUBLIC = ["/", "/sign-in", "/sign-up", "/sign-up/verify", "/forgotten", "/forgotten/code"];
const PRIVATE = ["/home", "/add-money", "/send", "/activity", "/settings/limits", "/nonsense"];

test("every page is bound to a strict policy of its own", async ({ newcomer, page }) => {
  const asha = await newcomer();
  const nonces = new Set<string>();
  for (const [request, paths] of [[page.request, PUBLIC], [asha.request, PRIVATE]] as const) {
    for (const path of paths) {
      const headers = (await request.get(path)).headers();
      const policy = headers["content-security-policy"] ?? "";
      for (const part of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "style-src 'self'", "connect-src 'self'"]) {
        expect(policy, path).toContain(part);
      }
      expect(policy, path).not.toMatch(/unsafe-inline|'unsafe-eval'|\*/);
      nonces.add(policy.match(/'nonce-([^']+)'/)?.[1] ?? "");
      expect(headers["x-content-type-options"], path).toBe("nosniff");
      expect(headers["referrer-policy"], path).toMatch(/same-origin|no-referrer/);
      expect(headers["cross-origin-opener-policy"], path).toBe("same-origin");
    }
  }
  expect(nonces.has("")).toBe(false);
  expect(nonces.size).toBe(PUBLIC.length + PRIVATE.length);
});

test("a page and a file that are asked for together keep to their own policies", async ({ newcomer }) => {
  const asha = await newcomer();
  const ask = async (path: string) => (await asha.request.get(path)).headers()["content-security-policy"];
  for (let round = 0; round < 10; round++) {
    const answers = await Promise.all(["/home", "/favicon.svg", "/activity", "/robots.txt", "/nonsense"].map(ask));
    expect(answers.map((policy) => policy.includes("'nonce-"))).toEqual([true, false, true, false, true]);
  }
});

test("nothing personal may be kept by anybody on the way", async ({ newcomer, page }) => {
  const asha = await newcomer();
  const paths = [...PRIVATE, "/api/v1/balance", "/api/v1/activity", "/home/x.css", "/api/v1/balance/x.css"];
  for (const path of paths) {
    expect((await asha.request.get(path)).headers()["cache-control"], path).toContain("no-store");
  }
  const toTheDoor = await page.request.get("/home", { maxRedirects: 0 });
  expect(toTheDoor.headers()["cache-control"]).toContain("no-store");
});

test("a page asks nobody else for anything, and every file it asks for is there", async ({ newcomer }) => {
  const { page } = await newcomer();
  const failed: string[] = [];
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  page.on("response", (response) => response.status() >= 400 && failed.push(`${response.status()} ${response.url()}`));
  for (const path of ["/home", "/send", "/add-money", "/activity", "/settings/limits"]) {
    await page.goto(path, { waitUntil: "networkidle" });
  }
  expect(asked.filter((url) => !url.startsWith(WEB) && !url.startsWith("data:"))).toEqual([]);
  expect(failed).toEqual([]);
});

test("web and webhook say that they are alive and ready", async ({ request }) => {
  for (const service of [WEB, WEBHOOK]) {
    for (const path of ["/healthz", "/readyz"]) {
      const answer = await request.get(service + path);
      expect(answer.status(), service + path).toBe(200);
    }
  }
});

test("the webhook has a door for banks and no other", async ({ request }) => {
  expect((await request.get(`${WEBHOOK}/webhooks/bank`)).status()).toBe(405);
  expect((await request.get(`${WEBHOOK}/`)).status()).toBe(404);
  const answer = await request.post(`${WEBHOOK}/webhooks/bank`, { data: {}, headers: { Origin: "https://evil.example" } });
  expect(answer.status()).toBe(401);
  expect(answer.headers()["access-control-allow-origin"]).toBeUndefined();
});
