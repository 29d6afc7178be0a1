import { erasePersonalData as erased } from "../domain/personal_data.ts";
import type { Payment } from "../domain/payment.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps, WebhookErasure } from "./ports.ts";

export type EraseDeps = PaymentDeps & {
  readonly webhooks: WebhookErasure;
};

/**
 * Removes what tells who paid an order: the name beside a virtual account, and the webhooks about it as Toss sent them.
 * Undefined: there is no payment.
 */
export async function erasePersonalData(
  command: { readonly orderId: string },
  deps: EraseDeps,
): Promise<Payment | undefined> {
  const { orderId } = command;
  await deps.webhooks.erase(orderId);
  if ((await deps.payments.find(orderId)) === undefined) return undefined;
  return await decideAndSave(
    {
      orderId,
      cause: "erasePersonalData",
      decide: (loaded) => erased(loaded, deps.moment()),
    },
    deps,
  );
}
