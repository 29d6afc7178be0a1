// What a caller is told must be true: of an attempt or a refund that is still open nothing final is told.
import { AppError, type PaymentView } from "@payflow/shared";
import { isOpen } from "@payflow/payment/testing";
import { must } from "./invariant.ts";
import { held } from "./toss_session.ts";
import type { World } from "./world.ts";

/** Refusals after which the shopper pays anew. */
const notCharged = [
  "payment_declined",
  "payment_session_expired",
  "amount_mismatch",
  "order_mismatch",
];

/** Watches the answer to a confirm, and hands it on. */
export async function checkConfirm(
  world: World,
  command: {
    readonly orderId: string;
    readonly paymentKey: string;
    readonly amount: number;
  },
  answer: Promise<PaymentView>,
): Promise<PaymentView> {
  const { orderId, paymentKey } = command;
  const attempt = () =>
    world.payments.rows.get(orderId)?.attempts.find((one) => one.paymentKey === paymentKey);
  return await watched(world, answer, {
    told({ status, balanceAmount }) {
      if (status !== "DONE") return;
      const pictures = world.sessionsOf(orderId).flatMap((one) => one.pictures);
      must(
        pictures.some(({ payment }) => payment.approvedAt !== null) && balanceAmount > 0,
        `Told that "${orderId}" is paid, and Toss has taken nothing`,
      );
    },
    refused({ code }) {
      // a wrong amount in the call is refused whatever became of the payment
      const order = world.orders.rows.get(orderId);
      if (order?.amount !== command.amount) return;
      const now = attempt();
      must(
        !notCharged.includes(code) || now === undefined || !isOpen(now),
        `Told ${code} of "${paymentKey}", which is ${now?.status}`,
      );
      const session = world.toss.sessions.get(paymentKey);
      const isHeld = session !== undefined && held(session) > 0;
      must(
        !notCharged.includes(code) || world.hasLied || !isHeld,
        `Told ${code} of "${paymentKey}", by which Toss holds money`,
      );
    },
  });
}

/** Watches the answer to a refund, and hands it on. */
export async function checkRefund(
  world: World,
  { orderId, key }: { readonly orderId: string; readonly key: string },
  answer: Promise<{ readonly payment: PaymentView; readonly isOpen: boolean }>,
) {
  const refund = () => world.payments.rows.get(orderId)?.refunds.find((one) => one.key === key);
  return await watched(world, answer, {
    told({ isOpen: isTold }) {
      const now = refund();
      must(
        isTold || now === undefined || !isOpen(now),
        `Told that refund "${key}" is made, and it is ${now?.status}`,
      );
      must(
        isTold || now?.status !== "DECLINED" || world.hasLied,
        `Told that refund "${key}" is made, and Toss refused it`,
      );
    },
    refused({ code, details }) {
      const now = refund();
      const isTold =
        code === "payment_not_refundable" && details.extensions?.["providerCode"] !== undefined;
      must(
        !isTold || now?.status === "DECLINED",
        `Told that refund "${key}" is refused, and it is ${now?.status}`,
      );
    },
  });
}

async function watched<T>(
  world: World,
  answer: Promise<T>,
  check: {
    readonly told: (value: T) => void;
    readonly refused: (error: AppError) => void;
  },
): Promise<T> {
  const note = (run: () => void) => {
    try {
      run();
    } catch (broken) {
      world.faults.push(broken);
    }
  };
  try {
    const value = await answer;
    note(() => check.told(value));
    return value;
  } catch (error) {
    if (error instanceof AppError) note(() => check.refused(error));
    throw error;
  }
}
