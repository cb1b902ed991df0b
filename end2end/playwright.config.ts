// Every spec runs twice, with JavaScript and without. A test that is about JavaScript itself is
// tagged @js and runs once. `cargo xtask test --only e2e` starts what these tests need.
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { defineConfig, devices } from "@playwright/test";

/** The system's Chromium: Playwright's own download is not needed. */
function chromium(): string | undefined {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);
}

export default defineConfig({
  testDir: ".",
  globalSetup: "./provider.ts",
  outputDir: "test-results",
  fullyParallel: true,
  workers: 2,
  retries: 0,
  forbidOnly: Boolean(process.env.CI),
  timeout: 60_000, // a debug build, and perhaps a busy machine
  expect: { timeout: 15_000 },
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    baseURL: process.env.OKANE_URL ?? "http://127.0.0.1:3000",
    locale: "en-IN",
    timezoneId: "Asia/Kolkata",
    trace: process.env.TRACE ? "retain-on-failure" : "off", // recorded of every test, to be thrown away of most
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: chromium(),
      args: [
        "--no-sandbox", // the tests visit nothing but our own pages, and root has no sandbox
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
      ],
    },
  },
  projects: [
    { name: "script" },
    { name: "no-script", use: { javaScriptEnabled: false }, grepInvert: /@js\b/ },
  ],
});
