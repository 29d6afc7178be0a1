import { woken } from "../domain/plan.ts";
import { decideAndSave } from "./decide.ts";
import type { PaymentDeps } from "./ports.ts";

const pageSize = 100;

/** Makes due at once, page by page, what the PSP has yet to end: for when it answers again. */
export async function wakeOpen(deps: PaymentDeps): Promise<void> {
  for (let afterId = ""; ;) {
    const page = await deps.payments.listOpen({ afterId, limit: pageSize });
    const wake = (orderId: string) =>
      decideAndSave(
        { orderId, cause: "wakeOpen", decide: (loaded) => woken(loaded, deps.moment().now) },
        deps,
      );
    await Promise.all(page.map(wake));
    const last = page.at(-1);
    if (last === undefined || page.length < pageSize) return;
    afterId = last;
  }
}
