import { movementsHead, movementsLines } from "@payflow/console";
import { listed, UsageError } from "@payflow/local-stack";
import { listMovements, readMoneyMonth } from "@payflow/ledger";
import { isKoreanMonth, koreanDayOf } from "@payflow/shared";
import type { MoneyTotals } from "@payflow/back-office";
import { withPlaces } from "./places.ts";

type Row = Record<string, unknown>;

function monthOf(given: string | undefined): string {
  const month = given ?? koreanDayOf(new Date().toISOString()).slice(0, 7);
  if (!isKoreanMonth(month)) throw new UsageError(`"${month}" is not a month: write it as 2026-11`);
  return month;
}

/** Sums of each day of a month that has movements, and of the month. */
export const moneyDays = withPlaces(async ({ values }, places) => {
  const wanted = monthOf(values["month"]);
  const month = await readMoneyMonth(places.databases.payment, wanted);
  const days = month.days.map((day) => rowOf(day.day, day));
  const all = days.length === 0 ? [] : [rowOf("all", month.totals)];
  return listed([...days, ...all], "No movements in this month.");
});

function rowOf(day: string, { captures, captured, refunded, returned, net }: MoneyTotals): Row {
  return { day, payments: captures, captured, refunded, notKept: returned, net };
}

/** All movements of a month, as rows or streamed as CSV. */
export const moneyMonth = withPlaces(async ({ values, flags }, places, io) => {
  const month = monthOf(values["month"]);
  const pages = listMovements(places.databases.payment, month);
  if (flags["csv"]) {
    await io.print(movementsHead("ko"));
    for await (const page of pages) await io.print(movementsLines(page, "ko"));
    return;
  }
  const rows: Row[] = [];
  for await (const page of pages) rows.push(...page);
  return listed(rows, "No movements in this month.");
});
