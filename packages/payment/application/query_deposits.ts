import type { PaymentDeps } from "./ports.ts";
import { settlePayment } from "./settle.ts";

/** Queries the PSP about accounts that somebody is looking at, before their hour is over; other payments are left alone. */
export async function queryDeposits(
  command: { readonly orderIds: readonly string[] },
  deps: PaymentDeps,
  onFault: (orderId: string, error: unknown) => void,
): Promise<void> {
  await Promise.all(
    command.orderIds.map(async (orderId) => {
      try {
        const payment = await deps.payments.find(orderId);
        if (payment?.status !== "WAITING_FOR_DEPOSIT") return;
        const paymentKeys = [payment.kept.paymentKey];
        await settlePayment({ orderId, paymentKeys }, deps);
      } catch (error) {
        onFault(orderId, error);
      }
    }),
  );
}
