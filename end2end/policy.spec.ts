// The policy of a page is broken on purpose here: what the fixtures would not see, no other test could fail by.

import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";

/** Puts something into the sign-in page on its way to the browser. */
async function plant(page: Page, html: string, change = (policy: string) => policy) {
  await page.route("**/sign-in", async (route) => {
    const response = await route.fetch();
    const body = (await response.text()).replace("</main>", `${html}</main>`);
    expect(body).toContain(html);
    const policy = change(response.headers()["content-security-policy"]);
    await route.fulfill({ response, body, headers: { ...response.headers(), "content-security-policy": policy } });
  });
  await page.goto("/sign-in");
}

const PICTURE = `<img src="http://evil.example/x.png" alt="">`;

test("a page that breaks its policy fails the test it is seen in", async ({ page, troubles }) => {
  await plant(page, PICTURE);
  await expect.poll(() => troubles.filter((trouble) => /content security policy/i.test(trouble))).not.toEqual([]);
  expect(troubles.every((trouble) => trouble.includes("evil.example"))).toBe(true);
  troubles.length = 0;
});

test("script that is not ours does not run, and is told by its event", { tag: "@js" }, async ({ page, troubles }) => {
  await plant(page, `<script>window.planted = true</script><p style="color: red" onclick="window.planted = true">x</p>`);
  const told = (breach: string) => troubles.some((trouble) => trouble.includes(`a breach of ${breach} by inline`));
  await expect.poll(() => ["script-src-elem", "style-src-attr"].every(told)).toBe(true);
  await page.getByText("x", { exact: true }).click();
  await expect.poll(() => told("script-src-attr")).toBe(true);
  expect(await page.evaluate(() => "planted" in window)).toBe(false);
  troubles.length = 0;
});

test("what a browser tells of a breach is counted", async ({ page, request, troubles }) => {
  const counted = async () => {
    const metrics = await (await request.get(`http://${process.env.METRICS_ADDR}/metrics`)).text();
    return Number(metrics.match(/^okane_csp_reports_total\{directive="img-src"\} (\d+)$/m)?.[1] ?? 0);
  };
  const before = await counted();
  // Chromium leaves what `report-to` names for a quiet moment, and the tests' has none: it may do nothing in the background.
  await plant(page, PICTURE, (policy) => policy.replace("report-to csp; ", ""));
  await expect.poll(counted).toBeGreaterThan(before);
  await expect.poll(() => troubles.length).toBeGreaterThan(0);
  troubles.length = 0;
});
