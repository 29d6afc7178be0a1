// Test fixture: requests the sandbox's pages without a browser.

import type { Json, openTestSandbox } from "../sandbox_fixture.ts";

type Toss = ReturnType<typeof openTestSandbox>;

const ownPage = { "sec-fetch-site": "same-origin" };

/** Submits a form without following the redirect. */
export function press(
  toss: Toss,
  path: string,
  { fields = {}, headers = ownPage }: { fields?: Json; headers?: Record<string, string> } = {},
) {
  return toss.sandbox.fetch(
    new Request(`http://sandbox.test${path}`, {
      method: "POST",
      headers: { "accept-language": "en", ...headers },
      body: new URLSearchParams(fields as Record<string, string>),
    }),
  );
}

export const look = async (toss: Toss, path: string, language = "en") =>
  (await toss.send(path, { headers: { "accept-language": language } })).text;

/** A virtual account payment that waits for its deposit. */
export const waiting = async (toss: Toss) => {
  const order = await toss.authenticated({ method: "VIRTUAL_ACCOUNT" });
  await toss.confirm(order);
  return order;
};
