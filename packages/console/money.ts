import { withReason } from "@payflow/outbox";
import type { AdminMoney } from "@payflow/ui";
import { AppError, invalidField, KoreanDay, KoreanMonth } from "@payflow/shared";
import { exceptionKinds } from "@payflow/back-office";
import type { InternalAnswer, InternalBody, Operate } from "@payflow/back-office";
import { parseInput } from "@payflow/shared/http";
import * as v from "valibot";
import { movementsHead, movementsLines } from "./money_csv.ts";
import { forOperators, Reason, requireOperator, type OperatorOf } from "./operator.ts";

const Month = v.object({ month: KoreanMonth });
const Day = v.object({ day: KoreanDay });
const Exception = v.object({
  day: KoreanDay,
  paymentKey: v.string(),
  transactionKey: v.string(),
  kind: v.picklist(exceptionKinds),
  reason: Reason,
});
const Exceptions = v.object({
  day: v.exactOptional(KoreanDay),
  kind: v.picklist(exceptionKinds),
  reason: Reason,
});

/** The functions of the console's money pages: payment's ledger and its comparisons with Toss's list. */
export function adminMoney({
  operate,
  operator,
}: {
  readonly operate: Operate;
  readonly operator: OperatorOf;
}): AdminMoney {
  const may = forOperators(operator);
  const resolve = ({ reason, ...which }: InternalBody<"resolve-exceptions">) =>
    withReason(reason, () => operate("resolve-exceptions", { reason, ...which }));
  return {
    readMonth: may("read", (month) => operate("money-month", parseInput(Month, { month }))),
    async *exportMonth(month, language) {
      requireOperator(operator, "read");
      const { month: wanted } = parseInput(Month, { month });
      // yielded with the first page: if payment is unavailable, the export must fail before the file begins
      let head = movementsHead(language);
      let after: string | undefined | null;
      while (after !== null) {
        const page: InternalAnswer<"movements"> = await operate("movements", {
          month: wanted,
          after,
        });
        yield head + movementsLines(page.rows, language);
        head = "";
        after = page.next;
      }
    },
    findReconciliation: may(
      "read",
      async (day) => (await operate("reconciliation", parseInput(Day, { day }))).found,
    ),
    requestReconciliation: may("operate", async (day) => {
      const { isDone } = await operate("request-reconciliation", parseInput(Day, { day }));
      if (!isDone) throw invalidField("day", "has not begun in Korea yet");
    }),
    resolveException: may("operate", async (given) => {
      const { resolved } = await resolve(parseInput(Exception, given));
      if (resolved.length > 0) return;
      const text = "There is no such open difference: somebody resolved it, or a later comparison";
      throw new AppError("not_found", "exception_not_found", text);
    }),
    resolveExceptions: may(
      "operate",
      async (given) => (await resolve(parseInput(Exceptions, given))).resolved.length,
    ),
  };
}
