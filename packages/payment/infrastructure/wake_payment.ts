import { sql, type Kysely } from "kysely";
import { nextAtOf } from "../domain/payment.ts";
import { woken } from "../domain/plan.ts";
import { findPayment, saveSchedule } from "./postgres_payments.ts";

/**
 * For operators: makes everything of a payment that may have changed at the provider due now, for any running replica.
 * Undefined: there is no such payment. `isDue`: there is something to query.
 */
export async function wakePayment(
  db: Kysely<never>,
  orderId: string,
): Promise<{ readonly isDue: boolean } | undefined> {
  for (;;) {
    const payment = await findPayment(db, orderId);
    if (payment === undefined) return undefined;
    // a second ago: the service's clock may be some milliseconds behind the database's
    const query = sql<{ now: string }>`select now() - interval '1 second' as now`;
    const { now } = (await query.execute(db)).rows[0] ?? { now: "" };
    const state = woken(payment, now, true)?.state ?? payment;
    if (state !== payment && !(await saveSchedule(db, state))) continue;
    return { isDue: (nextAtOf(state) ?? "9") <= now };
  }
}
