// The sandbox's control API (packages/toss-sandbox/README.md). Moves no real money: rejects settings of Toss itself.
import { UserError } from "@payflow/local-stack";
import { fetchDirectly } from "@payflow/shared/http";
import type { Context } from "../context.ts";

export type Sandbox = {
  readonly url: string;
  readonly clientKey: string;
  call<T>(route: string, body?: unknown): Promise<T>;
};

/** The client keys of the payment window and of the widget. */
const sandboxKeys = ["test_ck_sandbox", "test_gck_sandbox"];
const withinMs = 30_000;

/** @throws UserError when the settings name Toss itself, and when no sandbox responds */
export async function sandboxOf({ env }: Context): Promise<Sandbox> {
  const clientKey = env["TOSS_CLIENT_KEY"] || "test_ck_sandbox";
  const isOthers = !sandboxKeys.includes(clientKey);
  if (clientKey.startsWith("live_") || (isOthers && !env["TOSS_API_URL"]))
    throw new UserError(
      "TOSS_CLIENT_KEY is a key of Toss itself: scenarios are for the sandbox only. Unset TOSS_CLIENT_KEY and TOSS_SECRET_KEY, and start the stack without them.",
    );
  const secretKey = env["TOSS_SECRET_KEY"] || "test_sk_sandbox";
  const url = env["TOSS_SANDBOX_URL"] || `http://localhost:${env["TOSS_SANDBOX_PORT"] || 9090}`;
  const sandbox: Sandbox = {
    url,
    clientKey,
    async call<T>(route: string, body?: unknown) {
      const [method = "GET", path = "/"] = route.split(" ");
      const request = new Request(new URL(path, url), {
        method,
        // only Toss's own routes need it; the control API needs no key
        headers: { Authorization: `Basic ${btoa(`${secretKey}:`)}` },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(withinMs),
      });
      const response = await fetchDirectly(request).catch((error: unknown) => {
        throw new UserError(
          `No sandbox responds at ${url}: start the stack, or set TOSS_SANDBOX_URL (${String(error)}).`,
        );
      });
      const answer = (await response.json().catch(() => undefined)) as
        { message?: string } | undefined;
      if (response.ok && answer === undefined)
        throw new UserError(
          `The server at ${url} is not a Toss sandbox: correct TOSS_SANDBOX_URL or TOSS_SANDBOX_PORT.`,
        );
      if (response.ok) return answer as T;
      throw new UserError(
        `The sandbox refused ${route} (${response.status}): ${answer?.message ?? "no reason given"}`,
      );
    },
  };
  await sandbox.call("GET /_sandbox/clock");
  return sandbox;
}
