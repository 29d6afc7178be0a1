// The client of the shop's API for operators' commands.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "@payflow/local-stack";
import { fetchDirectly, withSecretFiles } from "@payflow/shared/http";
import { actingHeader, sentActing } from "@payflow/shared";
import type { Context } from "./context.ts";
import { operatorName } from "./operator.ts";

export type Shop = {
  readonly url: string;
  /**
   * Calls a route, such as `POST /api/orders`, with an operator's key. Throws UserError when the shop does not respond, and
   * with the shop's reason when it rejects the call.
   */
  call<T>(
    route: string,
    options?: CallOptions,
  ): Promise<{ readonly status: number; readonly body: T }>;
};

/** The shown part of a problem document (RFC 9457). */
type Problem = { readonly detail?: string; readonly code?: string };

type CallOptions = {
  readonly body?: unknown;
  /** The reason for the history. */
  readonly reason?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withinMs?: number;
};

/** The shop at PUBLIC_URL, or on this machine; called with PAYFLOW_API_KEY, MERCHANT_API_KEY or the stack's own key. */
export function shopOf({ env: given, dataDir }: Context): Shop {
  const env = withSecretFiles(given);
  const url = env["PUBLIC_URL"] || `http://localhost:${env["ORDER_PORT"] || 8080}`;
  const key = env["PAYFLOW_API_KEY"] || env["MERCHANT_API_KEY"] || keyIn(dataDir);
  if (!URL.canParse(url))
    throw new UserError(
      `PUBLIC_URL is "${url}", which is not a URL: write it as https://shop.example.`,
    );
  if (!/^[!-~]+$/.test(key))
    throw new UserError(
      "The key in PAYFLOW_API_KEY or MERCHANT_API_KEY has invalid characters: copy it again.",
    );
  return {
    url,
    async call<T>(
      route: string,
      { body, reason, headers = {}, withinMs = 30_000 }: CallOptions = {},
    ) {
      const [method = "GET", path = "/"] = route.split(" ");
      const request = new Request(new URL(path, url), {
        method,
        headers: {
          Authorization: `Bearer ${key}`,
          // several people may share one key
          [actingHeader]: sentActing({ actor: operatorName(), reason }),
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        // a followed redirect would turn a POST into a GET, and lose the key
        redirect: "manual",
        signal: AbortSignal.timeout(withinMs),
      });
      const response = await fetchDirectly(request).catch((error: unknown) => {
        throw new UserError(
          `The order service does not respond at ${url}: start it, or set its address in PUBLIC_URL (${String(error)}).`,
        );
      });
      const answer: unknown = await response.json().catch(() => undefined);
      if (response.status < 400) {
        if (response.ok && answer !== undefined)
          return { status: response.status, body: answer as T };
        const target = response.headers.get("location");
        throw new UserError(
          `The server at ${url} is not PayFlow's order service (HTTP ${response.status}${target ? `, a redirect to ${target}` : ""}): set PUBLIC_URL to the shop's own address.`,
        );
      }
      const { detail = "no reason given", code } = (answer ?? {}) as Problem;
      throw new UserError(
        `The order service refused (${response.status}${code ? ` ${code}` : ""}): ${detail}`,
      );
    },
  };
}

function keyIn(dataDir: string): string {
  try {
    const text = readFileSync(join(dataDir, "secrets.json"), "utf8");
    return (JSON.parse(text) as { merchantApiKey: string }).merchantApiKey;
  } catch {
    throw new UserError(
      "PAYFLOW_API_KEY is not set, and the stack on this machine has no key: set it to an API key of the shop.",
    );
  }
}
