// What is not there, what comes from elsewhere, and what tries to be more than text.

import { randomUUID } from "node:crypto";
import { askToSend, expect, newPhone, type Person, signUp, test } from "./fixtures";

test("an address that is none says so and leads on", async ({ newcomer }) => {
  const { page } = await newcomer();
  for (const address of ["/nonsense", "/receipts", "/api", "/home/x.css"]) {
    expect((await page.goto(address))?.status(), address).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    await expect(page.getByRole("main")).toContainText("No money moved.");
  }
  await page.getByRole("link", { name: "Home", exact: true }).first().click();
  await expect(page).toHaveURL("/home");
});

test("the API says what is wrong in problem+json", async ({ newcomer, page }) => {
  const asha = await newcomer();
  const answers = [
    [await page.request.get("/api/v1/balance"), 401],
    [await asha.request.get("/api/v1/nonsense"), 404],
    [await asha.request.delete("/api/v1/balance"), 405],
    [await asha.request.post("/api/v1/session", { data: "{" }), 400],
  ] as const;
  for (const [answer, status] of answers) {
    expect(answer.status(), answer.url()).toBe(status);
    expect(answer.headers()["content-type"], answer.url()).toContain("application/problem+json");
  }
});

test.describe("from another site", () => {
  const doors = [
    "/sign-up", "/sign-up/verify", "/forgotten", "/forgotten/code", "/sign-in", "/sign-out", "/demo", "/preferences", "/add-money", "/send", "/send/review",
    `/receipts/${randomUUID()}`, "/settings/limits", "/fn/receipt/cancel", "/fn/settings/limits/change",
    "/fn/send/confirm", "/fn/add_money/start", "/fn/sign_in", "/api/v1/transfers", "/api/v1/on-ramps", "/api/v1/session",
  ];
  const origins: Record<string, string>[] = [
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" },
    { "Sec-Fetch-Site": "same-site", Origin: "http://pay.okane.example" },
    { "Sec-Fetch-Site": "cross-site" },
  ];

  test("no form, no function and no call of the API is taken", async ({ newcomer }) => {
    test.slow();
    const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
    await asha.addMoney(100_00);
    const draft = await drafted(asha, meera);
    const form = { draft, to: meera.phone, amount: "10", bank: "deccan", note: "", key: randomUUID(), theme: "dark" };
    for (const door of doors) {
      for (const headers of origins) {
        const answer = await asha.request.post(door, { form, headers, maxRedirects: 0 });
        expect(answer.status(), `${door} ${JSON.stringify(headers)}`).toBe(403);
      }
    }
    for (const type of ["text/plain", "multipart/form-data; boundary=x", "application/json"]) {
      const headers = { Origin: "https://evil.example", "Content-Type": type };
      const data = JSON.stringify({ to: meera.phone, amount_minor: 100 });
      expect((await asha.request.post("/api/v1/transfers", { data, headers })).status(), type).toBe(403);
    }
    expect(await asha.balance(), "and the session is still there").toBe(100_00);
    expect(await asha.activity()).toHaveLength(1);
  });

  test("no function that changes something answers a GET", async ({ newcomer }) => {
    const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
    await asha.addMoney(100_00);
    const draft = await drafted(asha, meera);
    for (const address of [`/fn/send/confirm?form[draft]=${draft}`, "/sign-out", `/send/review?draft=${draft}`]) {
      await asha.request.get(address, { headers: { "Sec-Fetch-Site": "cross-site" }, maxRedirects: 0 });
    }
    expect(await asha.balance()).toBe(100_00);
  });

  test("a form in a real browser moves nothing", async ({ newcomer }) => {
    const [asha, meera] = [await newcomer(), await newcomer("Meera Krishnan")];
    await asha.addMoney(100_00);
    const draft = await drafted(asha, meera);
    const action = new URL("/send/review", asha.page.url()).href;
    const body = `<form method="post" action="${action}"><input type="hidden" name="draft" value="${draft}"><button>Win</button></form>`;
    await asha.page.route("http://evil.example/", (route) => route.fulfill({ contentType: "text/html", body }));
    await asha.page.goto("http://evil.example/");
    const answer = asha.page.waitForResponse(action);
    await asha.page.getByRole("button", { name: "Win" }).click();
    expect((await answer).status()).toBe(403);
    await expect(asha.page.getByRole("heading", { level: 1 })).toHaveText("This came from another site");
    await expect(asha.page.getByRole("main")).toContainText("No money moved.");
    expect(await asha.balance()).toBe(100_00);
  });

  /** A draft that only waits for its confirmation. */
  async function drafted(from: Person, to: Person): Promise<string> {
    await askToSend(from.page, to.phone, "10");
    await expect(from.page).toHaveURL(/draft=/);
    return new URL(from.page.url()).searchParams.get("draft") ?? "";
  }
});

// The fixtures fail a test in which a dialog opens or the policy has something to forbid.
test.describe("text", () => {
  const names = [`<img src=x onerror=alert(1)> Rao`, `</script><script>alert(2)</script>`, `"'><svg onload=alert(3)>{{7*7}}`];
  const note = `<!-- --><script>alert(4)</script> </textarea> ]]> %3Cb%3E &lt;b&gt; ${"`${7*7}`"} <b>x</b>`;

  test("in names and notes stays text on every page", async ({ newcomer, visitor }) => {
    test.slow();
    for (const name of names) {
      const mallory = await signUp(await visitor(), name, newPhone());
      const asha = await newcomer();
      await asha.addMoney(100_00);
      await asha.meet(mallory);
      await askToSend(asha.page, mallory.phone, "10", note);
      await expect(asha.page.getByRole("main")).toContainText(name);
      await asha.page.getByRole("link", { name: "Back to the form" }).click();
      await expect(asha.page.getByLabel("Note", { exact: true })).toHaveValue(note);
      await asha.page.goBack();
      await asha.page.getByRole("button", { name: /^Send ₹/ }).click();
      await expect(asha.page.getByRole("heading", { level: 1 })).toContainText(name);
      await expect(asha.page.getByRole("main")).toContainText(note);
      for (const address of ["/home", "/activity"]) {
        await asha.page.goto(address);
        await expect(asha.page.getByRole("main")).toContainText(name);
        await expect(asha.page.getByRole("main")).toContainText(note);
      }
      await mallory.page.goto("/home");
      await expect(mallory.page.getByRole("main")).toContainText(name);
      await expect(mallory.page.getByRole("main")).toContainText(note);
    }
  });

  test("in refused forms and in addresses stays text", async ({ newcomer, page }) => {
    const attack = `"><script>alert(5)</script>`;
    for (const path of ["/sign-in", "/sign-up", "/sign-up/verify"]) {
      await page.goto(`${path}?next=${encodeURIComponent(attack)}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      expect(await page.content()).not.toContain("<script>alert(5)");
    }
    await page.goto("/sign-in");
    await page.getByLabel("Phone or email", { exact: true }).fill(attack);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByLabel("Phone or email", { exact: true })).toHaveValue(attack);

    const asha = await newcomer();
    await askToSend(asha.page, attack, attack.slice(0, 24), attack);
    await expect(asha.page.getByLabel("To", { exact: true })).toHaveValue(attack);
    for (const address of ["/send?draft=", "/send/review?draft=", "/add-money?amount=", "/activity?before=", "/receipts/"]) {
      await asha.page.goto(address + encodeURIComponent(attack));
      await expect(asha.page.getByRole("heading", { level: 1 })).toBeVisible();
      expect(await asha.page.content(), address).not.toContain("<script>alert(5)");
    }
  });
});
