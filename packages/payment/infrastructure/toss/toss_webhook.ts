import * as v from "valibot";
import { PaymentKey, type CallBody } from "@payflow/shared";
import { sameSecret } from "@payflow/shared/http";
import type { Webhook } from "../../application/ports.ts";

const Key = v.nullish(v.pipe(v.string(), v.maxLength(200)), null);
// Status and cancels are only a reason to query again: the webhook counts even if they can't be read.
const Status = v.fallback(v.optional(v.string()), undefined);
const Cancel = v.object({ transactionKey: Key, cancelStatus: v.nullish(v.string(), "DONE") });
// the number is checked first, because anyone can post many wrong ones
const FewCancels = v.pipe(v.array(v.unknown()), v.maxLength(1_000), v.array(Cancel));
const Cancels = v.fallback(v.nullish(FewCancels, null), null);
/** PAYMENT_STATUS_CHANGED and CANCEL_STATUS_CHANGED carry `data`; DEPOSIT_CALLBACK is flat and has no eventType. */
const TossWebhook = v.pipe(
  v.string(),
  // PostgreSQL cannot store it
  v.excludes("\\u0000"),
  v.parseJson(),
  v.custom<object>((body) => typeof body === "object" && !Array.isArray(body)),
  v.object({
    eventType: v.optional(v.pipe(v.string(), v.maxLength(100))),
    orderId: Key,
    secret: Key,
    status: Status,
    data: v.optional(
      v.object({
        orderId: Key,
        paymentKey: v.nullish(PaymentKey, null),
        status: Status,
        cancels: Cancels,
      }),
      {},
    ),
  }),
  v.check(({ eventType, orderId }) => eventType !== undefined || orderId !== null),
);

/** A webhook of Toss (https://docs.tosspayments.com/reference/using-api/webhook-events); undefined for anything else. */
export function readTossWebhook(sent: CallBody<"receive-webhook">): Webhook | undefined {
  const { text: body } = sent;
  const transmissionId = sent.transmissionId ?? "";
  const result = v.safeParse(TossWebhook, body);
  if (!result.success) return undefined;
  const { eventType = "DEPOSIT_CALLBACK", orderId, secret, status, data } = result.output;
  const canceled = data.cancels?.findLast(({ cancelStatus }) => cancelStatus === "DONE");
  const hash = new Bun.CryptoHasher("sha256").update(body).digest("hex");
  return {
    id: /^[\x21-\x7e]{1,100}$/.test(transmissionId) ? transmissionId : `sha256:${hash}`,
    eventType,
    orderId: data.orderId ?? orderId,
    paymentKey: data.paymentKey ?? null,
    cancelKey: canceled?.transactionKey ?? null,
    showsPaid: (data.status ?? status) === "DONE",
    // only a deposit webhook carries the payment's secret, which is unknown before the first response about the payment
    isProven: (attempts) =>
      eventType !== "DEPOSIT_CALLBACK" ||
      attempts.some((one) => one.secret === null || sameSecret(secret ?? "", one.secret)),
    body,
  };
}
