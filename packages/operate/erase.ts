import { join } from "node:path";
import { readFileSync } from "node:fs";
import {
  confirmed,
  unclear,
  UserError,
  type CommandSpec,
  type ReadWords,
} from "@payflow/local-stack";
import { fetchDirectly } from "@payflow/shared/http";

const usage = `bun run erase EMAIL [--include-paid] [--yes]

Removes a customer's name and e-mail address from all their orders. Paid orders must be kept for five years
by law and are listed; --include-paid erases those too. Needs a confirmation, or --yes. Calls the shop at
PUBLIC_URL, with MERCHANT_API_KEY or the key of the stack on this machine.`;

export const eraseCommand: CommandSpec = {
  usage,
  wordsMax: 1,
  options: { "include-paid": { type: "boolean" }, yes: { type: "boolean" } },
};

type Erasure = {
  readonly erased: readonly string[];
  readonly kept: readonly {
    readonly orderId: string;
    readonly until: string;
  }[];
  readonly nextCursor: string | null;
};

/** Far longer than a thousand orders take. */
const responseWithinMs = 120_000;

/** Has the order service erase a customer. @throws UsageError without an e-mail address */
export function erase({
  words: [email],
  flags,
}: ReadWords): (shop: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
}) => Promise<readonly Record<string, unknown>[]> {
  if (email === undefined || !email.includes("@"))
    throw unclear("Give the customer's e-mail address", usage);
  const includePaid = flags["include-paid"] === true;
  return async ({ env, dataDir }) => {
    const url = env["PUBLIC_URL"] || `http://localhost:${env["ORDER_PORT"] || 8080}`;
    const key = env["MERCHANT_API_KEY"] || keyIn(dataDir);
    const paid = includePaid ? ", paid ones included" : "";
    await confirmed(
      `The name and e-mail address of ${email} will be erased from all orders at ${url}${paid}. This cannot be undone.`,
      { yes: flags["yes"] === true },
    );
    const rows: Record<string, unknown>[] = [];
    let cursor: string | undefined;
    do {
      const erasure = await requestErasure(url, key, {
        email,
        includePaid,
        ...(cursor ? { cursor } : {}),
      });
      rows.push(
        ...erasure.erased.map((order) => ({ order, name: "erased", until: "-" })),
        ...erasure.kept.map(({ orderId, until }) => ({
          order: orderId,
          name: "kept by law",
          until,
        })),
      );
      cursor = erasure.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return rows;
  };
}

async function requestErasure(
  url: string,
  key: string,
  body: { readonly email: string; readonly includePaid: boolean; readonly cursor?: string },
): Promise<Erasure> {
  const response = await fetchDirectly(
    new Request(new URL("/api/customers/erase", url), {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Bearer ${key}`,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(responseWithinMs),
    }),
  ).catch((error: unknown) => {
    throw new UserError(
      `The order service does not respond at ${url}: start it, or set its address in PUBLIC_URL (${String(error)}).`,
    );
  });
  if (response.ok) return (await response.json()) as Erasure;
  const problem = (await response.json().catch(() => ({}))) as {
    detail?: string;
  };
  throw new UserError(
    `The order service refused (${response.status}): ${problem.detail ?? "no reason given"}`,
  );
}

function keyIn(dataDir: string): string {
  try {
    const text = readFileSync(join(dataDir, "secrets.json"), "utf8");
    return (JSON.parse(text) as { merchantApiKey: string }).merchantApiKey;
  } catch {
    throw new UserError(
      "MERCHANT_API_KEY is not set, and the stack on this machine has none: set it to the shop's merchant key.",
    );
  }
}
