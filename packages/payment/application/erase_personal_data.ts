import type { WebhookErasure } from "./ports.ts";

/** Removes what tells who paid an order: the webhooks about it as they came. A payment itself names nobody. */
export async function erasePersonalData(
  command: { readonly orderId: string },
  deps: { readonly webhooks: WebhookErasure },
): Promise<void> {
  await deps.webhooks.erase(command.orderId);
}
