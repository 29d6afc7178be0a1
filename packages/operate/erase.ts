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

Removes a person's name and e-mail from all their orders. Paid orders are kept for five years by law
and are listed; --include-paid removes them from those too. Asks first; --yes agrees in advance.
The shop is asked at PUBLIC_URL, by MERCHANT_API_KEY or the key of the stack on this machine.`;

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
const answerWithinMs = 120_000;

/** Asks the order service to forget a person. @throws UsageError without an e-mail address */
export function erase({
  words: [email],
  flags,
}: ReadWords): (shop: {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
}) => Promise<readonly Record<string, unknown>[]> {
  if (email === undefined || !email.includes("@"))
    throw unclear("Name the person's e-mail address", usage);
  const includePaid = flags["include-paid"] === true;
  return async ({ env, dataDir }) => {
    const url = env["PUBLIC_URL"] || `http://localhost:${env["ORDER_PORT"] || 8080}`;
    const key = env["MERCHANT_API_KEY"] || keyIn(dataDir);
    const paid = includePaid ? ", paid ones included" : "";
    await confirmed(
      `The name and e-mail of ${email} go from all orders at ${url}${paid}; nothing brings them back.`,
      { yes: flags["yes"] === true },
    );
    const rows: Record<string, unknown>[] = [];
    let cursor: string | undefined;
    do {
      const answer = await ask(url, key, { email, includePaid, ...(cursor ? { cursor } : {}) });
      rows.push(
        ...answer.erased.map((order) => ({ order, name: "erased", until: "-" })),
        ...answer.kept.map(({ orderId, until }) => ({
          order: orderId,
          name: "kept by law",
          until,
        })),
      );
      cursor = answer.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return rows;
  };
}

async function ask(
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
      signal: AbortSignal.timeout(answerWithinMs),
    }),
  ).catch((error: unknown) => {
    throw new UserError(
      `The order service does not answer at ${url}: start it, or name its address in PUBLIC_URL (${String(error)}).`,
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
      "MERCHANT_API_KEY is not set, and no stack of this machine has one: set it to the shop's merchant key.",
    );
  }
}
