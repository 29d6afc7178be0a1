import { listAudit } from "@payflow/outbox";
import type { Kysely } from "kysely";
import {
  csvHead,
  csvLines,
  readMoneyMonth,
  readMovements,
  type Language,
} from "./money_queries.ts";
import { readPaymentAttention } from "./payment_attention.ts";
import {
  findReconciliation,
  requestReconciliation,
  resolveExceptions,
  type ExceptionSelection,
} from "./reconciliation_queries.ts";
import type { TossHealth } from "./toss/toss_health.ts";
import { findWebhook, listWebhooks, type WebhookPage } from "./webhook_queries.ts";

/** What order's console is answered from. */
export function operatorQueries(db: Kysely<never>, tossHealth: () => TossHealth) {
  return {
    readMoneyMonth: (month: string) => readMoneyMonth(db, month),
    async readMoneyLines(page: {
      readonly month: string;
      readonly language: Language;
      readonly after?: string | undefined;
    }) {
      const { language, after } = page;
      const { rows, next } = await readMovements(db, page);
      const head = after === undefined ? csvHead(language) : "";
      return { lines: head + csvLines(rows, language), next };
    },
    findReconciliation: (day: string) => findReconciliation(db, day),
    requestReconciliation: (day: string) => requestReconciliation(db, day),
    resolveExceptions: ({ reason, ...selection }: ExceptionSelection & { reason: string }) =>
      resolveExceptions(db, selection, reason),
    listWebhooks: (page: WebhookPage) => listWebhooks(db, page),
    findWebhook: (id: string) => findWebhook(db, id),
    listAudit: (page: Parameters<typeof listAudit>[1]) => listAudit(db, page),
    readAttention: async () => ({
      ...(await readPaymentAttention(db)),
      toss: tossHealth(),
    }),
  };
}
