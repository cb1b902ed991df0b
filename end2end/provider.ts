// The OpenID provider of these specs, a real one, where xtask says that it is to be. Everybody is signed in there under
// the name that a cookie of theirs gives, and "nobody" declines.

import type { IncomingMessage } from "node:http";
import { OAuth2Server } from "oauth2-mock-server";

/** The cookie that says who somebody is at the provider. */
export const COOKIE = "provider-name";

export default async function provider() {
  if (!process.env.OIDC_ISSUER) return;
  const { hostname, port } = new URL(process.env.OIDC_ISSUER);
  const server = new OAuth2Server();
  await server.issuer.keys.generate("RS256");
  const names = new Map<string, string>(); // by the code that each was given
  server.service.on("beforeAuthorizeRedirect", ({ url }: { url: URL }, request: IncomingMessage) => {
    const cookies = new URLSearchParams(request.headers.cookie?.replaceAll("; ", "&"));
    const name = cookies.get(COOKIE) ?? "nobody";
    if (name === "nobody") {
      url.searchParams.delete("code");
      url.searchParams.set("error", "access_denied");
    }
    names.set(url.searchParams.get("code") ?? "", name);
  });
  server.service.on("beforeTokenSigning", ({ payload }, request) => {
    const name = names.get(request.body.code);
    Object.assign(payload, { sub: name, name: "Asha Rao", email: `${name}@example.in`, email_verified: true });
  });
  await server.start(Number(port), hostname);
  server.issuer.url = process.env.OIDC_ISSUER; // it would call itself localhost
  return () => server.stop();
}
