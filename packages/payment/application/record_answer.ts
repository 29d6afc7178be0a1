import type { Change, PaymentEvent } from "@payflow/shared";
import type { Moment, Payment } from "../domain/payment.ts";
import type { TossAnswer, TossFinding } from "../domain/toss_payment.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";

type Decision = Change<Payment, PaymentEvent>;

/**
 * Records what came of a call that moves money. A picture of the payment counts only for the version that was loaded
 * before it was made: on any other Toss is asked anew, and so it is after a repeated call, which may be answered by
 * the picture that the first one made. Whatever else Toss answered counts on every version.
 */
export function recordAnswer(
  answer: TossAnswer,
  call: {
    readonly before: Payment;
    readonly paymentKey: string;
    readonly isFirst: boolean;
    readonly cause: string;
    readonly detail: Readonly<Record<string, unknown>>;
    /** False when the outcome is known by now and nothing is to be recorded. */
    readonly isAwaited?: (loaded: Payment) => boolean;
    readonly answered: (loaded: Payment, answer: TossAnswer, moment: Moment) => Decision;
    readonly found: (loaded: Payment, finding: TossFinding, moment: Moment) => Decision;
  },
  deps: PaymentDeps,
): Promise<Payment> {
  const { before, paymentKey, cause, isAwaited = () => true } = call;
  const { kind, ...rest } = answer;
  const refusal = "code" in rest ? { code: rest.code, message: rest.message } : {};
  let fresh: Payment | undefined = call.isFirst ? before : undefined;
  return decideAndSave(
    {
      orderId: before.orderId,
      cause,
      detail: { ...call.detail, answer: kind, ...refusal },
      decide: async (loaded) => {
        const isFresh = fresh?.version === loaded.version && fresh.looks === loaded.looks;
        fresh = undefined;
        if (!isAwaited(loaded)) return undefined;
        if (isFresh || kind !== "payment") return call.answered(loaded, answer, deps.moment());
        const finding = await deps.gateway.find(paymentKey);
        return call.found(loaded, finding, deps.moment());
      },
    },
    deps,
  );
}
