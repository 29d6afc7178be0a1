// The payment service as order calls it: the real use cases and responses, without HTTP.
import { AppError } from "@payflow/shared";
import type { PaymentService } from "@payflow/order/testing";
import { paymentCalls, viewOf } from "@payflow/payment/testing";
import { paymentDeps } from "./payment_deps.ts";
import type { Replica, Where } from "./scheduler.ts";
import type { World } from "./world.ts";

/** `isPatient`: waits for Toss; otherwise it responds as soon as the attempt is stored. */
export function paymentService(
  world: World,
  from: Where,
  options: { readonly to: Replica; readonly isPatient: boolean },
): PaymentService {
  const notCalled = () => Promise.reject(new Error("Only operators and pages call this"));
  const lost = () =>
    new AppError("unavailable", "payment_unavailable", "The payment service can't be reached");
  const call = <T>(run: (calls: ReturnType<typeof paymentCalls>) => Promise<T>): Promise<T> =>
    world.scheduler.call(from, options.to, {
      lost,
      run: (where) => {
        const deps = paymentDeps(world, where, options.isPatient);
        return run(paymentCalls(deps));
      },
    });

  return {
    confirm: (command) => call((calls) => calls.confirm(command)),
    erase: notCalled,
    close: (command) => call((calls) => calls.close(command)),
    refund: (command) => call((calls) => calls.refund(command)),
    "refund-account": (command) => call((calls) => calls["refund-account"](command)),
    compare: (command) => call((calls) => calls.compare(command)),
    changed: ({ since, afterId, limit }) =>
      call(async () => ({
        payments: [...world.payments.rows.values()]
          .map((payment) => ({
            ...viewOf(payment),
            changedAt: world.changedAt.get(payment.orderId) ?? "",
          }))
          .filter(
            ({ changedAt, orderId }) =>
              changedAt > since || (changedAt === since && orderId > afterId),
          )
          .sort((a, b) => (a.changedAt + a.orderId < b.changedAt + b.orderId ? -1 : 1))
          .slice(0, limit),
      })),
    find: ({ orderIds }) =>
      call(async () => ({
        payments: orderIds.flatMap((orderId) => {
          const payment = world.payments.rows.get(orderId);
          return payment ? [viewOf(payment)] : [];
        }),
      })),
    history: notCalled,
    "receive-webhook": notCalled,
    "query-deposits": notCalled,
  };
}
