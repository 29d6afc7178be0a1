// Toss Payments without a network: deterministic, on the test's clock. What its documents leave open (whether 5xx
// answers are kept under their idempotency key) is a setting.
import type { Transaction } from "@payflow/ledger/movements";
import type { Charge } from "@payflow/payment/testing";
import type { Clock } from "./clock.ts";
import {
  capture,
  decideCancel,
  decideConfirm,
  type Decision,
  type Refusal,
} from "./toss_decisions.ts";
import {
  newSession,
  type CancelRequest,
  type ConfirmRequest,
  type Session,
  type SessionRequest,
} from "./toss_session.ts";

const confirmWithinMs = 10 * 60_000;
const windowMs = 30 * 60_000;
/** The maximum age of a stale response. */
const staleMs = 60_000;

export type Reply = Refusal | { readonly payment: Charge };

/** A fault inside Toss: before or after the call's effect. "lie": the call took effect, but the response says declined. */
export const tossFaults = [
  "error_before",
  "error_after",
  "provider_before",
  "provider_after",
  "busy",
  "decline",
  "lie",
  "wrong_key",
] as const;
export type TossFault = (typeof tossFaults)[number];

export function createTossModel(options: {
  readonly clock: Clock;
  readonly keepsServerErrors: boolean;
  readonly cancelsOverdue: boolean;
  /** A payment has changed: Toss sends a webhook. */
  readonly onChange: (session: Session) => void;
  readonly onCapture: (session: Session) => void;
}) {
  const { clock } = options;
  const sessions = new Map<string, Session>();
  const replies = new Map<string, Reply>();
  const transactions: (Transaction & { readonly atMs: number })[] = [];

  function apply(session: Session, { change, kind }: Decision): Charge {
    const { paymentKey, orderId, payment } = session;
    const newest = change?.cancels?.at(-1)?.transactionKey ?? clock.newId();
    const transactionKey = kind === undefined ? payment.transactionKey : newest;
    session.payment = { ...payment, ...change, transactionKey };
    session.snapshots.push({ sinceMs: clock.ms(), payment: session.payment });
    if (kind !== undefined)
      transactions.push({
        paymentKey,
        orderId,
        kind,
        atMs: clock.ms(),
        amount: payment.totalAmount,
        transactionKey: newest,
        currency: "KRW",
      });
    if (kind === "approval") session.captures += 1;
    options.onChange(session);
    if (kind === "approval") options.onCapture(session);
    return session.payment;
  }

  /** The session, expired if its time is over. */
  function current(paymentKey: string): Session | undefined {
    const session = sessions.get(paymentKey);
    if (session === undefined) return undefined;
    const { status } = session.payment;
    const isOver =
      (status === "READY" && clock.ms() >= session.openedAtMs + windowMs) ||
      (status === "IN_PROGRESS" && clock.ms() >= session.openedAtMs + confirmWithinMs);
    if (isOver) apply(session, { change: { status: "EXPIRED" } });
    return session;
  }

  function post(
    call: {
      readonly key: string;
      readonly paymentKey: string;
      readonly declined: Refusal;
    },
    fault: TossFault | undefined,
    decide: (
      session: Session | undefined,
      situation: { clock: Clock; isDeclined: boolean },
    ) => Decision,
  ): Reply {
    if (fault === "wrong_key") return { status: 401, code: "UNAUTHORIZED_KEY" };
    if (fault === "busy") return { status: 409, code: "IDEMPOTENT_REQUEST_PROCESSING" };
    const kept = replies.get(call.key);
    if (kept !== undefined) return kept;
    const reply = answer();
    if ("payment" in reply || reply.status < 500 || options.keepsServerErrors)
      replies.set(call.key, reply);
    return reply;

    function answer(): Reply {
      if (fault === "provider_before") return { status: 400, code: "PROVIDER_ERROR" };
      if (fault === "error_before") return { status: 500, code: "COMMON_ERROR" };
      const session = current(call.paymentKey);
      const decision = decide(session, { clock, isDeclined: fault === "decline" });
      const payment = session && decision.change && apply(session, decision);
      if (fault === "provider_after") return { status: 400, code: "PROVIDER_ERROR" };
      if (fault === "error_after") return { status: 500, code: "COMMON_ERROR" };
      if (decision.refusal) return decision.refusal;
      return fault === "lie" || payment === undefined ? call.declined : { payment };
    }
  }

  /** The response to a status query; `isStale` returns the previous snapshot if the newest one is recent. */
  function find(
    paymentKey: string,
    { isStale }: { readonly isStale: boolean },
  ): Charge | undefined {
    const session = current(paymentKey);
    const [before, newest] = session?.snapshots.slice(-2) ?? [];
    const isFresh = newest !== undefined && newest.sinceMs > clock.ms() - staleMs;
    return isStale && isFresh ? before?.payment : session?.payment;
  }

  return {
    sessions,
    find,
    /** The newest payment of the order. */
    findByOrder(orderId: string, { isStale }: { readonly isStale: boolean }): Charge | undefined {
      const newest = [...sessions.values()].filter((session) => session.orderId === orderId).at(-1);
      return newest && find(newest.paymentKey, { isStale });
    },
    open(request: SessionRequest): void {
      const { paymentKey } = request;
      if (!sessions.has(paymentKey)) sessions.set(paymentKey, newSession(request, clock.ms()));
    },
    confirm(request: ConfirmRequest, fault?: TossFault): Reply {
      const { paymentKey, idempotencyKey } = request;
      const declined = { status: 403, code: "REJECT_CARD_PAYMENT" };
      const call = { key: `confirm ${idempotencyKey}`, paymentKey, declined };
      return post(call, fault, (session, situation) => decideConfirm(session, request, situation));
    },
    cancel(request: CancelRequest, fault?: TossFault): Reply {
      const { paymentKey, idempotencyKey } = request;
      const declined = { status: 400, code: "REFUND_REJECTED" };
      const call = {
        key: `cancel ${paymentKey} ${idempotencyKey}`,
        paymentKey,
        declined,
      };
      const { cancelsOverdue } = options;
      const { accountNumber } = request.account ?? {};
      const reply = post(call, fault, (session, situation) => {
        const situated = { ...situation, cancelsOverdue };
        const decision = decideCancel(session, request, situated);
        const { transactionKey } = decision.change?.cancels?.at(-1) ?? {};
        if (transactionKey !== undefined && accountNumber !== undefined)
          session?.paidTo.set(transactionKey, accountNumber);
        return decision;
      });
      if ("code" in reply && accountNumber !== undefined)
        sessions.get(paymentKey)?.refusedAccounts.add(accountNumber);
      return reply;
    },

    list: (span: { readonly from: string; readonly to: string }): readonly Transaction[] =>
      transactions.filter(
        ({ atMs }) => atMs >= Date.parse(span.from) && atMs <= Date.parse(span.to),
      ),

    /** A deposit arrives in the virtual account. */
    deposit(paymentKey: string): void {
      const session = current(paymentKey);
      const dueAt = session?.payment.virtualAccount?.dueAt ?? "";
      if (session?.payment.status === "WAITING_FOR_DEPOSIT" && clock.now() <= dueAt)
        apply(session, capture(clock));
    },
    /** The bank pays the refund of a deposit out, or refuses to; Toss sends no webhook. */
    payOut(paymentKey: string, payout: Charge["payout"]): void {
      const session = sessions.get(paymentKey);
      if (session === undefined || session.payment.payout === null) return;
      session.payment = { ...session.payment, payout };
      session.snapshots.push({ sinceMs: clock.ms(), payment: session.payment });
    },
    revertDeposit(paymentKey: string): void {
      const session = current(paymentKey);
      if (session?.payment.status !== "DONE" || session.method !== "account") return;
      session.captures -= 1;
      apply(session, {
        change: { status: "WAITING_FOR_DEPOSIT", approvedAt: null, receiptUrl: null },
        kind: "waiting",
      });
    },
  };
}
