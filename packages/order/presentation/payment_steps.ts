import type { HistoryEntry, PaymentStatus } from "@payflow/shared";

/** One saved change of a payment, whichever service's history tells it. */
export type PaymentStep = {
  readonly at: string;
  readonly cause: string;
  readonly before: PaymentStatus;
  readonly after: PaymentStatus;
  /** Toss's code for a refusal. */
  readonly code?: string | undefined;
  readonly paymentKey?: string | undefined;
  /** An answer caused it in which Toss showed a payment. */
  readonly showsPayment: boolean;
  /** Others were told of it: what they can see of the payment had changed. */
  readonly isAnnounced: boolean;
};

/** From payment's own history. */
export function paymentSteps(history: readonly HistoryEntry[]): PaymentStep[] {
  let before: PaymentStatus = "READY";
  return history.map(({ at, cause, status, detail, events }) => {
    const { code, paymentKey, answer } = (detail ?? {}) as PaymentDetail;
    const after = status as PaymentStatus;
    const step: PaymentStep = {
      at,
      cause,
      before,
      after,
      code,
      paymentKey,
      showsPayment: answer === "payment",
      isAnnounced: events.length > 0,
    };
    before = after;
    return step;
  });
}

/** From what an order took over from payment: it hears of ends only, and of one perhaps several times. */
export function takenSteps(history: readonly HistoryEntry[]): PaymentStep[] {
  let before: PaymentStatus = "READY";
  let known = 0;
  return history.flatMap(({ at, cause, detail }): PaymentStep[] => {
    const taken = (detail ?? {}) as OrderDetail;
    const { paymentVersion = 0, paymentStatus: after } = taken;
    if (after === undefined || paymentVersion <= known) return [];
    known = paymentVersion;
    const wasTried = cause === "PaymentDeclined" || cause === "confirmOrder";
    const step: PaymentStep = {
      at,
      cause,
      after,
      before: after === "READY" && wasTried ? "IN_PROGRESS" : before,
      showsPayment: false,
      isAnnounced: true,
    };
    before = after;
    return [step];
  });
}

type PaymentDetail = {
  readonly code?: string;
  readonly paymentKey?: string;
  readonly answer?: string;
};
type OrderDetail = {
  readonly paymentVersion?: number;
  readonly paymentStatus?: PaymentStatus;
};
