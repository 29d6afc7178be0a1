import type { AdminMoney } from "@payflow/ui";
import { AppError, invalidField, KoreanDay, KoreanMonth } from "@payflow/shared";
import { exceptionKinds, type InternalAnswer, type Operate } from "@payflow/back-office";
import { parseInput } from "@payflow/shared/http";
import * as v from "valibot";
import { movementsHead, movementsLines } from "./money_csv.ts";
import { asOperator, Reason, requireOperator, type OperatorOf } from "./operator.ts";

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

/** The console's pages of money, from payment's ledger and its comparisons with Toss's list. */
export function adminMoney({
  operate,
  operator,
}: {
  readonly operate: Operate;
  readonly operator: OperatorOf;
}): AdminMoney {
  return {
    async readMonth(month) {
      requireOperator(operator, "read");
      return await operate("money-month", parseInput(Month, { month }));
    },
    async *exportMonth(month, language) {
      requireOperator(operator, "read");
      const { month: wanted } = parseInput(Month, { month });
      // with the first page: a payment that is away must fail before the file begins
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
    async findReconciliation(day) {
      requireOperator(operator, "read");
      return (await operate("reconciliation", parseInput(Day, { day }))).found;
    },
    async requestReconciliation(day) {
      const who = requireOperator(operator, "operate");
      const wanted = parseInput(Day, { day });
      const { isDone } = await asOperator(who, undefined, () =>
        operate("request-reconciliation", wanted),
      );
      if (!isDone) throw invalidField("day", "has not begun in Korea yet");
    },
    async resolveException(given) {
      const who = requireOperator(operator, "operate");
      const one = parseInput(Exception, given);
      const { resolved } = await asOperator(who, one.reason, () =>
        operate("resolve-exceptions", one),
      );
      if (resolved.length > 0) return;
      const text = "There is no such open difference: somebody resolved it, or a later comparison";
      throw new AppError("not_found", "exception_not_found", text);
    },
    async resolveExceptions(given) {
      const who = requireOperator(operator, "operate");
      const all = parseInput(Exceptions, given);
      const { resolved } = await asOperator(who, all.reason, () =>
        operate("resolve-exceptions", all),
      );
      return resolved.length;
    },
  };
}
