import {
  exceptionQueries,
  readMoneyMonth,
  readMovements,
  requestReconciliation,
} from "@payflow/ledger";
import { listAudit } from "@payflow/outbox";
import type { CallBody } from "@payflow/shared";
import type { messageCalls } from "@payflow/shared/http";
import { sql, type Kysely } from "kysely";
import { findByKey } from "./order_details.ts";
import { readPaymentAttention } from "./payment_attention.ts";
import type { TossHealth } from "./toss/toss_health.ts";
import { findWebhook, listWebhooks } from "./webhook_queries.ts";

export const { findReconciliation, listDifferences, resolveExceptions } = exceptionQueries(
  sql`(select status from payments p where p.id = order_id)`,
);

type Day = { readonly day: string };

/** What order's console is answered from, by the names of its calls. */
export function operatorQueries(
  db: Kysely<never>,
  parts: {
    readonly messages: ReturnType<typeof messageCalls>;
    readonly tossHealth: () => TossHealth;
  },
) {
  return {
    ...parts.messages,
    search: async ({ part }: CallBody<"search">) => ({ orderIds: await findByKey(db, part) }),
    "money-month": ({ month }: CallBody<"money-month">) => readMoneyMonth(db, month),
    movements: (page: CallBody<"movements">) => readMovements(db, page),
    reconciliation: async ({ day }: Day) => ({
      found: (await findReconciliation(db, day)) ?? null,
    }),
    "request-reconciliation": async ({ day }: Day) => ({
      isDone: await requestReconciliation(db, day),
    }),
    "resolve-exceptions": async ({ reason, ...selection }: CallBody<"resolve-exceptions">) => ({
      resolved: await resolveExceptions(db, selection, reason),
    }),
    webhooks: (page: CallBody<"webhooks">) => listWebhooks(db, page),
    webhook: async ({ id }: CallBody<"webhook">) => ({
      found: (await findWebhook(db, id)) ?? null,
    }),
    audit: async (page: CallBody<"audit">) => ({ rows: await listAudit(db, page) }),
    attention: async () => ({ ...(await readPaymentAttention(db)), toss: parts.tossHealth() }),
  };
}
