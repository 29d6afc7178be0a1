// A payment provider that differs from Toss as far as the rules allow: no idempotency keys, no check of the balance, no
// virtual accounts, other codes, a window of two minutes. In memory, for the tests of docs/another-psp.md.
import type { PaymentGateway } from "../application/ports.ts";
import type { Transaction } from "@payflow/ledger/movements";
import type { Charge } from "../domain/charge.ts";
import type { PspProfile } from "../domain/psp.ts";

export const acornProfile: PspProfile = {
  confirmWindowMs: 2 * 60_000,
  idempotencyKeepsMs: 0,
  checksBalance: false,
  // it has no virtual accounts
  depositPollMs: 60_000,
  depositGraceMs: 0,
  actor: "acorn",
  sessionGone: { code: "intent_lapsed", message: "the intent has lapsed" },
  balanceChanged: { code: "not_used", message: "" },
  sessionGoneCodes: ["intent_lapsed"],
  refusedAccountCodes: [],
};

type Intent = {
  readonly id: string;
  readonly merchantRef: string;
  readonly total: number;
  state: "authorised" | "captured" | "failed" | "lapsed";
  capturedAt: string | null;
  readonly refunds: { id: string; sum: number; note: string; ref: string | null; at: string }[];
};

/** How the next call fails: the request is lost, or the call is done and its response is lost. */
export type AcornFault = "not sent" | "no response";

export function createAcornPay(now: () => string) {
  const intents = new Map<string, Intent>();
  const calls: string[] = [];
  let fault: AcornFault | undefined;
  let isMute = false;
  const refused = (code: string) => ({ status: "refused", code }) as const;

  /** What its API does with a call. It has no idempotency: a repeated call is done again. */
  function take(
    kind: "capture" | "refund",
    id: string,
    run: (intent: Intent) => string | undefined,
  ) {
    calls.push(`${kind} ${id}`);
    const how = fault;
    fault = undefined;
    if (how === "not sent") return undefined;
    const intent = intents.get(id);
    const code = intent ? run(intent) : "unknown_intent";
    if (how === "no response") return undefined;
    return code === undefined && intent ? { status: "ok" as const, intent } : refused(code ?? "");
  }

  const gateway: PaymentGateway = {
    async confirm({ paymentKey }) {
      return answerOf(
        take("capture", paymentKey, (intent) => {
          if (intent.state === "lapsed") return "intent_lapsed";
          if (intent.state === "failed") return "card_refused";
          if (intent.state === "captured") return "already_captured";
          intent.state = "captured";
          intent.capturedAt = now();
          return undefined;
        }),
      );
    },
    async cancel({ paymentKey, amount, reason, mark }) {
      return answerOf(
        take("refund", paymentKey, (intent) => {
          const left = balanceOf(intent);
          const sum = amount ?? left;
          if (intent.state !== "captured" || sum > left || left === 0) return "nothing_to_refund";
          const id = `re_${intent.refunds.length + 1}`;
          intent.refunds.push({ id, sum, note: reason, ref: mark ?? null, at: now() });
          return undefined;
        }),
      );
    },
    async find(paymentKey) {
      if (isMute) return { kind: "unknown", code: "no_response", message: "" };
      const intent = intents.get(paymentKey);
      return intent ? { kind: "payment", payment: chargeOf(intent) } : { kind: "missing" };
    },
    async findByOrder(orderId) {
      const intent = [...intents.values()].findLast(({ merchantRef }) => merchantRef === orderId);
      return intent ? { kind: "payment", payment: chargeOf(intent) } : { kind: "missing" };
    },
    listTransactions: async () => [...intents.values()].flatMap(transactionsOf),
  };

  return {
    gateway,
    calls,
    failNext: (how: AcornFault) => (fault = how),
    /** While true, status queries get no response. */
    hideFromQueries: (isHidden: boolean) => (isMute = isHidden),
    /** Simulates a buyer who has authorised a payment. */
    authorise(id: string, merchantRef: string, total: number) {
      intents.set(id, {
        id,
        merchantRef,
        total,
        state: "authorised",
        capturedAt: null,
        refunds: [],
      });
    },
    lapse(id: string) {
      const intent = intents.get(id);
      if (intent?.state === "authorised") intent.state = "lapsed";
    },
    /** A refund by hand, in the provider's console. */
    refundByHand(id: string, sum: number) {
      const refund = { id: `hand_${calls.length}`, sum, note: "", ref: null, at: now() };
      intents.get(id)?.refunds.push(refund);
    },
    held: (id: string) => balanceOf(intents.get(id)),
  };
}

function balanceOf(intent: Intent | undefined): number {
  if (intent?.state !== "captured") return 0;
  return intent.refunds.reduce((left, { sum }) => left - sum, intent.total);
}

type Reply =
  | { readonly status: "ok"; readonly intent: Intent }
  | { readonly status: "refused"; readonly code: string }
  | undefined;

/** Maps a reply to its meaning for money: the part of an adapter that requires reading the provider's documents. */
function answerOf(reply: Reply): Awaited<ReturnType<PaymentGateway["confirm"]>> {
  if (reply === undefined)
    return { kind: "unknown", answered: false, code: "no_response", message: "" };
  if (reply.status === "ok") return { kind: "payment", payment: chargeOf(reply.intent) };
  const refusal = { code: reply.code, message: "" };
  switch (reply.code) {
    case "card_refused":
      return { kind: "declined", ...refusal };
    case "nothing_to_refund":
      return { kind: "moved", ...refusal };
    case "intent_lapsed":
    case "unknown_intent":
      return { kind: "session_gone", ...refusal };
    default:
      return { kind: "unknown", answered: true, ...refusal };
  }
}

function chargeOf(intent: Intent): Charge {
  const { id, merchantRef, total, state, capturedAt, refunds } = intent;
  const balanceAmount = state === "captured" ? balanceOf(intent) : total;
  const back = balanceAmount === 0 ? "CANCELED" : "PARTIAL_CANCELED";
  const captured = refunds.length > 0 ? back : "DONE";
  const statuses = { authorised: "IN_PROGRESS", failed: "ABORTED", lapsed: "EXPIRED" } as const;
  return {
    paymentKey: id,
    orderId: merchantRef,
    status: state === "captured" ? captured : statuses[state],
    totalAmount: total,
    balanceAmount,
    taxFreeAmount: 0,
    currency: "KRW",
    method: "acorns",
    approvedAt: capturedAt,
    receiptUrl: null,
    virtualAccount: null,
    refundLimits: { wholeOnly: false, until: null },
    cashReceipt: null,
    isEscrow: false,
    cancels: refunds.map((refund) => ({
      transactionKey: refund.id,
      amount: refund.sum,
      taxFreeAmount: 0,
      reason: refund.note,
      mark: refund.ref,
      canceledAt: refund.at,
    })),
    failure: state === "failed" ? { code: "card_refused", message: "" } : null,
    transactionKey: refunds.at(-1)?.id ?? id,
    card: null,
    vat: null,
    payout: null,
    secret: null,
  };
}

function transactionsOf({ id, merchantRef, total, capturedAt, refunds }: Intent): Transaction[] {
  const row = { paymentKey: id, orderId: merchantRef, currency: "KRW" };
  if (capturedAt === null) return [];
  return [
    { ...row, transactionKey: id, kind: "approval", amount: total },
    ...refunds.map((one) => ({
      ...row,
      transactionKey: one.id,
      kind: "cancel" as const,
      amount: one.sum,
    })),
  ];
}
