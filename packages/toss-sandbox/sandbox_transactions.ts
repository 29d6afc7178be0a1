// GET /v1/transactions: one row for each approval and each cancel.

import * as v from "valibot";
import { receiptUrl } from "./payment_json.ts";
import type { Answer } from "./sandbox_pipeline.ts";
import type { SandboxState } from "./sandbox_state.ts";
import type { Language } from "./toss_codes.ts";
import { merchantId } from "./toss_ids.ts";
import { methodWord } from "./toss_methods.ts";
import { koreanSeconds, parseTossTime } from "./toss_time.ts";

const time = v.pipe(v.string(), v.transform(parseTossTime), v.number("INVALID_ISO_DATE_FORMAT"));

const Query = v.object({
  startDate: time,
  endDate: time,
  startingAfter: v.exactOptional(v.string()),
  limit: v.exactOptional(
    v.pipe(
      v.string(),
      v.regex(/^\d+$/),
      v.toNumber(),
      v.minValue(1),
      v.maxValue(5_000, "EXCEED_MAX_QUERY_LIMIT"),
    ),
    "100",
  ),
});

/** The response with the rows, or an error code. */
export function listTransactions(
  state: SandboxState,
  query: Record<string, string>,
  language: Language,
): Answer | string {
  const parsed = v.safeParse(Query, query);
  if (!parsed.success) {
    const message = parsed.issues[0].message;
    return /^[A-Z_]+$/.test(message) ? message : "INVALID_REQUEST";
  }
  const { startDate, endDate, startingAfter, limit } = parsed.output;
  const after = startingAfter === undefined ? 0 : state.store.findTransactionSeq(startingAfter);
  if (after === undefined) return "INVALID_PAGING_KEY";
  // Rows show whole seconds, so the whole second of endDate is included.
  const until = Math.floor(endDate / 1000) * 1000 + 1000;
  const rows = state.store
    .listTransactions({
      clientKey: state.clientKey,
      from: startDate,
      until,
      after,
      limit,
    })
    .map(({ transaction, payment }) => ({
      mId: merchantId,
      transactionKey: transaction.transactionKey,
      paymentKey: payment.paymentKey,
      orderId: payment.orderId,
      method: methodWord(payment.wallet === null ? payment.method : "EASY_PAY", language),
      customerKey: payment.customerKey,
      useEscrow: payment.useEscrow,
      receiptUrl: receiptUrl(payment, { publicUrl: state.publicUrl() }),
      status: transaction.status,
      transactionAt: koreanSeconds(transaction.at),
      currency: payment.currency,
      amount: transaction.amount,
    }));
  return { status: 200, body: JSON.stringify(rows) };
}
