// The way to a passkey, for specs that need one.

import type { Page } from "@playwright/test";
import { expect, PASSWORD, WEB } from "./fixtures";

/** Where this machine has a name: passkeys are bound to one. */
export const LOCALHOST = WEB.replace("127.0.0.1", "localhost");

/** A device that finds its passkeys itself, and sees that its owner is there, until it is told otherwise. */
export async function device(page: Page) {
  const browser = await page.context().newCDPSession(page);
  await browser.send("WebAuthn.enable");
  const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const;
  const { authenticatorId } = await browser.send("WebAuthn.addVirtualAuthenticator", { options });
  return { sees: (isUserVerified: boolean) => browser.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }) };
}

export async function add(page: Page, name: string, origin = "") {
  await page.goto(`${origin}/settings/security`);
  await page.getByRole("link", { name: "Passkeys" }).click();
  await page.getByLabel("Name", { exact: true }).fill(name);
  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Make “${name}”`);
  await page.getByRole("button", { name: "Make the passkey" }).click();
}
