import type { CallBody } from "@payflow/shared";
import type { PaymentDeps } from "./ports.ts";
import { settlePayment } from "./settle.ts";

/** Queries the PSP about waiting accounts that somebody is viewing, ahead of schedule; skips other payments. */
export async function queryDeposits({ orderIds }: CallBody<"query-deposits">, deps: PaymentDeps) {
  const query = async (orderId: string) => {
    const payment = await deps.payments.find(orderId);
    if (payment?.status !== "WAITING_FOR_DEPOSIT") return;
    await settlePayment(payment, deps, [payment.kept.paymentKey]);
  };
  const queries = orderIds.map((orderId) =>
    query(orderId).catch((error) => deps.onFault({ orderId }, error)),
  );
  await Promise.all(queries);
}
