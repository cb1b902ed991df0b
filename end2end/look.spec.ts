// How pages look: without findings of axe, at 320 pixels, in both themes.

import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures";
import { everywhere } from "./places";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

test.describe("every page", () => {
  test.setTimeout(300_000); // so many pages

  // axe is script itself and waits for timers.
  test("has no serious finding of axe, light or dark", { tag: "@js" }, async ({ newcomer, page: visitor }) => {
    const found: string[] = [];
    await everywhere(newcomer, visitor, async (name, page) => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        for (const finding of await axe(page)) found.push(`${name}, ${colorScheme}: ${finding}`);
      }
    });
    expect(found).toEqual([]);
  });

  test("has one heading, a main part, a title, and no sideways scrolling at 320 pixels", async ({ newcomer, page: visitor }) => {
    await everywhere(newcomer, visitor, async (name, page) => {
      await page.setViewportSize({ width: 320, height: 640 });
      const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
      expect(inner, name).toBeLessThanOrEqual(outer);
      await expect(page.getByRole("heading", { level: 1 }), name).toHaveCount(1);
      await expect(page.getByRole("main"), name).toHaveCount(1);
      await expect(page, name).toHaveTitle(/^.{3,} · (OKANE|.+ \(simulator\))$/);
    });
  });
});

if (process.env.SHOTS) {
  test("every page has its picture taken", async ({ newcomer, page: visitor }, info) => {
    test.setTimeout(300_000);
    await everywhere(newcomer, visitor, async (name, page) => {
      for (const width of [390, 1280]) {
        for (const colorScheme of ["light", "dark"] as const) {
          await page.setViewportSize({ width, height: 844 });
          await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
          const path = `${__dirname}/shots/${info.project.name}/${name}-${width}-${colorScheme}.png`;
          await page.screenshot({ path, fullPage: true, animations: "disabled" });
        }
      }
    });
  });
}

/** What axe finds that keeps people out. It is run beside the page's own script, past its policy. */
async function axe(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    type Finding = { id: string; impact: string; nodes: { html: string; failureSummary: string }[] };
    const { violations }: { violations: Finding[] } = await (window as any).axe.run(document);
    const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    return grave.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join(" | ")}`);
  });
}
