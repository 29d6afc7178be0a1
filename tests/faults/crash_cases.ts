import {
  ends,
  endsAnswered,
  endsGranted,
  endsPayable,
  endsRefunded,
  isCanceled,
  isConfirmed,
  isExpired,
  isPartlyRefunded,
  isSentBack,
  type End,
} from "./crash_ends.ts";
import {
  cancelsAccount,
  cancelsUnpaid,
  deposits,
  depositsTooLate,
  grants,
  pays,
  paysByLostAttempt,
  paysWithoutResponse,
  paysTooLate,
  places,
  placesOnly,
  refunds,
  refundsByHand,
  refundsLost,
  refundsWithoutResponse,
  type Lead,
} from "./crash_leads.ts";
import { noKafka, type CrashOptions } from "./crash_stack.ts";
import { endsNotified, notifies } from "./crash_webhook.ts";

export type CrashCase = Omit<CrashOptions, "point"> & {
  readonly lead: Lead;
  readonly end: End;
};

const payment = { victim: "payment" } as const;
const order = { victim: "order" } as const;
const shortLived = { env: { ORDER_TTL_MS: "2000" } };
/** Only the sweep may find the refund: after a confirm's time-out a status query would show it too. */
const sweepsToss = { env: { TRANSACTION_SWEEP_MS: "300", TOSS_TIMEOUT_MS: "20000" } };
const queriesLate = { env: { RECONCILE_AFTER_MS: "15000" } };
const ownServer = { env: { WEBHOOK_ALLOW_PRIVATE: "true" } };
const unsure = { fault: "error_before" };

/** One case for every fault point: the actions that reach it, and the required outcome after the crash. */
export const crashCases: Readonly<Record<string, CrashCase>> = {
  "confirm:requested": { ...payment, lead: pays(), end: ends(isConfirmed) },
  "confirm:answered": { ...payment, lead: pays(), end: ends(isConfirmed) },
  "confirm:recorded": { ...payment, lead: pays(), end: ends(isConfirmed) },
  "reconciler:claimed": { ...payment, lead: paysWithoutResponse, end: ends(isConfirmed) },
  "confirm:queried": { ...payment, lead: paysWithoutResponse, end: ends(isConfirmed) },
  "query:recorded": { ...payment, lead: pays(unsure), end: ends(isConfirmed) },
  "confirm:resend": { ...payment, lead: pays(unsure), end: ends(isConfirmed) },
  "settle:expired": { ...payment, ...shortLived, lead: placesOnly, end: ends(isExpired) },
  "close:stored": { ...payment, lead: cancelsAccount, end: ends(isCanceled) },
  "cancel:resend": { ...payment, lead: paysTooLate, end: ends(isSentBack) },
  "cancel:answered": { ...payment, lead: paysTooLate, end: ends(isSentBack) },
  "refund:requested": { ...payment, lead: refunds(), end: endsRefunded },
  "refund:answered": { ...payment, lead: refunds(), end: endsRefunded },
  "refund:recorded": { ...payment, lead: refunds(), end: endsRefunded },
  "cancel:recorded": { ...payment, lead: paysTooLate, end: ends(isSentBack) },
  "refund:queried": { ...payment, lead: refunds("error_before"), end: endsRefunded },
  "refund:resend": { ...payment, lead: refundsWithoutResponse, end: endsAnswered(endsRefunded) },
  "recover:queried": { ...payment, lead: refundsLost, end: endsRefunded },
  "cancel:queried": { ...payment, lead: cancelsAccount, end: ends(isCanceled) },
  "status:queried": { ...payment, lead: deposits, end: ends(isConfirmed) },
  "learn:queried": {
    ...payment,
    lead: paysByLostAttempt,
    end: ends(isConfirmed),
  },
  "refundAccount:stored": {
    ...payment,
    ...queriesLate,
    lead: depositsTooLate,
    end: ends(isSentBack),
  },
  "webhook:stored": { ...payment, lead: deposits, end: ends(isConfirmed) },
  "webhook:claimed": { ...payment, lead: deposits, end: ends(isConfirmed) },
  "webhook:queried": { ...payment, lead: deposits, end: ends(isConfirmed) },
  "transactionSweep:found": {
    ...payment,
    ...sweepsToss,
    lead: refundsByHand,
    end: ends(isPartlyRefunded),
  },
  "transactionSweep:settled": {
    ...payment,
    ...sweepsToss,
    lead: refundsByHand,
    end: ends(isPartlyRefunded),
  },
  "open:stored": { ...payment, lead: places, end: endsPayable },
  "consumer:handled": { ...payment, lead: places, end: endsPayable },
  "consumer:committed": { ...payment, lead: places, end: endsPayable },
  "relay:read": { ...order, lead: places, end: endsPayable },
  "relay:acknowledged": { ...order, lead: places, end: endsPayable },
  "relay:deleted": { ...order, lead: places, end: endsPayable },
  "place:saved": { ...order, lead: places, end: endsPayable },
  "apply:saved": { ...order, lead: pays(), end: ends(isConfirmed) },
  "confirmOrder:answered": { ...order, lead: pays(), end: ends(isConfirmed) },
  "cancelOrder:answered": { ...order, lead: cancelsUnpaid, end: ends(isCanceled) },
  "grant:decided": { ...order, lead: grants, end: endsGranted },
  "notification:sent": { ...order, ...ownServer, lead: notifies, end: endsNotified },
  "refundOrder:answered": { ...order, lead: refunds(), end: endsRefunded },
  "refundAccount:answered": {
    ...order,
    ...queriesLate,
    lead: depositsTooLate,
    end: ends(isSentBack),
  },
  "sweep:compared": {
    ...order,
    ...noKafka,
    ...shortLived,
    lead: placesOnly,
    end: ends(isExpired),
  },
  "sweep:listed": {
    ...order,
    ...noKafka,
    ...sweepsToss,
    lead: refundsByHand,
    end: ends(isPartlyRefunded),
  },
  "sweep:applied": {
    ...order,
    ...noKafka,
    ...sweepsToss,
    lead: refundsByHand,
    end: ends(isPartlyRefunded),
  },
};
