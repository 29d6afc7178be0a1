// The payment service as order calls it: its real use cases and answers, without HTTP.
import { AppError } from "@payflow/shared";
import type { PaymentService } from "@payflow/order/testing";
import {
  answer,
  closePayment,
  confirmAnswer,
  confirmPayment,
  nameAccount,
  openPaymentFor,
  refundAnswer,
  refundPayment,
  tossProfile,
  viewOf,
  type PaymentDeps,
} from "@payflow/payment/testing";
import { paymentDeps } from "./payment_deps.ts";
import type { Replica, Where } from "./scheduler.ts";
import type { World } from "./world.ts";

/** `isPatient`: it waits for Toss, else it answers as soon as the attempt is stored. */
export function paymentService(
  world: World,
  from: Where,
  options: { readonly to: Replica; readonly isPatient: boolean },
): PaymentService {
  const lost = () =>
    new AppError("unavailable", "payment_unavailable", "The payment service can't be reached");
  const call = <T>(run: (deps: PaymentDeps) => Promise<T>): Promise<T> =>
    world.scheduler.call(from, options.to, {
      lost,
      run: (where) => run(paymentDeps(world, where, options.isPatient)),
    });

  async function refusable<T>(orderId: string, run: () => Promise<T>) {
    try {
      return await run();
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "database_unavailable") throw error;
      return answer(await world.payments.find(orderId), error);
    }
  }

  const notAsked = () => Promise.reject(new Error("Only operators and pages ask this"));
  return {
    confirm: (command) =>
      call((deps) =>
        refusable(command.facts.orderId, async () =>
          confirmAnswer(await confirmPayment(command, deps), command.paymentKey, tossProfile),
        ),
      ),
    erase: notAsked,
    close: (command) =>
      call((deps) =>
        refusable(command.facts.orderId, async () => answer(await closePayment(command, deps))),
      ),
    refund: (request) =>
      call(async (deps) => {
        const refunded = await refusable(request.orderId, async () =>
          refundAnswer(await refundPayment(request, deps), request.key, tossProfile),
        );
        return { isOpen: false, ...refunded };
      }),
    provideRefundAccount: (command) =>
      call((deps) =>
        refusable(command.orderId, async () => answer(await nameAccount(command, deps))),
      ),
    compare: ({ facts, known }) =>
      call(async (deps) => {
        const compared = await Promise.all(
          facts.map((one, index) =>
            refusable(one.orderId, async () =>
              answer(await openPaymentFor({ facts: one, known: known?.[index] }, deps)),
            ),
          ),
        );
        return {
          payments: compared.flatMap(({ payment, refusal }) =>
            payment && !refusal ? [payment] : [],
          ),
          refused: compared.flatMap(({ refusal }, index) => {
            const orderId = facts[index]?.orderId ?? "";
            return refusal ? [{ orderId, refusal }] : [];
          }),
        };
      }),
    listChanged: ({ since, afterId, limit }) =>
      call(async () =>
        [...world.payments.rows.values()]
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
      ),
    find: (orderIds) =>
      call(async () =>
        orderIds.flatMap((orderId) => {
          const payment = world.payments.rows.get(orderId);
          return payment ? [viewOf(payment)] : [];
        }),
      ),
    listHistory: notAsked,
    forwardWebhook: notAsked,
    ask: notAsked,
  };
}
