// Responses must be true: no response is final while its attempt or refund is still open.
import { AppError, type PaymentView } from "@payflow/shared";
import type { RefundCommand } from "@payflow/order/testing";
import { isOpen } from "@payflow/payment/testing";
import { must } from "./invariant.ts";
import { held } from "./toss_session.ts";
import type { World } from "./world.ts";

/** Error codes after which the shopper may pay again. */
const notCharged = [
  "payment_declined",
  "payment_session_expired",
  "amount_mismatch",
  "order_mismatch",
];

/** Checks the response to a confirm, and passes it on. */
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
    succeeded({ status, balanceAmount }) {
      if (status !== "DONE") return;
      const snapshots = world.sessionsOf(orderId).flatMap((one) => one.snapshots);
      must(
        snapshots.some(({ payment }) => payment.approvedAt !== null) && balanceAmount > 0,
        `"${orderId}" was reported as paid, but Toss approved nothing`,
      );
    },
    refused({ code }) {
      // a confirm with a wrong amount is rejected in every state of the payment
      const order = world.orders.rows.get(orderId);
      if (order?.amount !== command.amount) return;
      const now = attempt();
      must(
        !notCharged.includes(code) || now === undefined || !isOpen(now),
        `The response for "${paymentKey}" was ${code}, but it is ${now?.status}`,
      );
      const session = world.toss.sessions.get(paymentKey);
      const isHeld = session !== undefined && held(session) > 0;
      must(
        !notCharged.includes(code) || world.hasLied || !isHeld,
        `The response for "${paymentKey}" was ${code}, but Toss holds its money`,
      );
    },
  });
}

/** Checks the response to a refund, and passes it on. */
export async function checkRefund(
  world: World,
  request: Pick<RefundCommand, "orderId" | "key" | "account">,
  answer: Promise<{ readonly payment: PaymentView; readonly isOpen: boolean }>,
) {
  const { orderId, key, account } = request;
  const refund = () => world.payments.rows.get(orderId)?.refunds.find((one) => one.key === key);
  return await watched(world, answer, {
    succeeded({ isOpen: isReportedOpen }) {
      const now = refund();
      must(
        isReportedOpen || now === undefined || !isOpen(now),
        `Refund "${key}" was reported as made, but it is ${now?.status}`,
      );
      must(
        isReportedOpen || now?.status !== "DECLINED" || world.hasLied,
        `Refund "${key}" was reported as made, but Toss rejected it`,
      );
    },
    refused({ code, details }) {
      const now = refund();
      const isRejectedByToss =
        code === "payment_not_refundable" && details.extensions?.["providerCode"] !== undefined;
      // the return of a late deposit stores no refund, only its account
      const isReturnRefused =
        account !== undefined &&
        world.sessionsOf(orderId).some((one) => one.refusedAccounts.has(account.accountNumber));
      const isRefused = now ? now.status === "DECLINED" : isReturnRefused;
      must(
        !isRejectedByToss || isRefused,
        `Refund "${key}" was reported as rejected, but it is ${now?.status}`,
      );
    },
  });
}

async function watched<T>(
  world: World,
  answer: Promise<T>,
  check: {
    readonly succeeded: (value: T) => void;
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
    note(() => check.succeeded(value));
    return value;
  } catch (error) {
    if (error instanceof AppError) note(() => check.refused(error));
    throw error;
  }
}
