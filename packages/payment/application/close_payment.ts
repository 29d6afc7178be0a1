import { AppError, type CallBody } from "@payflow/shared";
import type { Payment } from "../domain/payment.ts";
import { requestClose } from "../domain/requests.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";
import { settlePayment } from "./settle.ts";

/**
 * Closes an unpaid order on a cancel request. For an order without a payment it stores a closed row, so that a late
 * OrderCreated opens nothing. Throws AppError `order_not_cancelable` when the order is paid, also by a deposit that
 * came first; `payment_unavailable` while the PSP has not confirmed that the account is closed.
 */
export async function closePayment(command: CallBody<"close">, deps: PaymentDeps) {
  const { orderId } = command.facts;
  const { payment } = await decideAndSave(deps, {
    orderId,
    cause: "closePayment",
    from: command,
    opens: "always",
    needsProof: true,
    decide: (loaded) => requestClose(loaded, "canceled", deps.moment()),
  });
  await deps.faultPoint("close:stored");
  if (payment.status !== "WAITING_FOR_DEPOSIT") return payment;
  const settled = await settlePayment(payment, deps);
  if (settled.status === "CANCELED" || settled.status === "EXPIRED") return settled;
  if (settled.status === "WAITING_FOR_DEPOSIT") {
    const text = `It is not known yet whether the virtual account of order "${orderId}" is closed; the payment provider is queried again`;
    throw new AppError("unavailable", "payment_unavailable", text, { retryAfterSeconds: 5 });
  }
  const text = `Cannot cancel order "${orderId}": its deposit has arrived`;
  throw new AppError("conflict", "order_not_cancelable", text);
}
