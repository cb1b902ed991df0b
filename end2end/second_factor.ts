// An app for codes, as far as specs need one (RFC 6238), and the way to the second step.

import { createHmac } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, PASSWORD, type Person } from "./fixtures";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** What an app shows so many half minutes from now (RFC 6238), for a key as it is typed into one. */
export function codeOf(key: string, steps = 0): string {
  const bits = [...key.replaceAll(" ", "")].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, "0")).join("");
  const secret = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const at = mac[mac.length - 1] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

/** Begins on the page of the settings; answers with the key. */
export async function setUp(page: Page): Promise<string> {
  await page.goto("/settings/second-factor");
  await page.getByLabel("Your password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Set up" }).click();
  await expect(page.getByRole("img", { name: "QR code of the key" })).toBeVisible();
  return page.getByRole("code").innerText();
}

/** Turns it on with the code of the step before, so that those of now and of the next are not used up. */
export async function turnOn({ page }: Person, offered?: string): Promise<{ key: string; codes: string[] }> {
  const key = offered ?? (await setUp(page));
  await page.getByLabel("Code", { exact: true }).fill(codeOf(key, -1));
  await page.getByRole("button", { name: "Turn on" }).click();
  await expect(page.getByRole("main").getByRole("status")).toContainText("Your second step is on.");
  const codes = await page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem").allInnerTexts();
  expect(new Set(codes).size).toBe(10);
  return { key, codes };
}
