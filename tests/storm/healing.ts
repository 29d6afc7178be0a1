import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { steadily } from "./steadily.ts";
import type { StormStack } from "./storm_stack.ts";

/** How many order status changes each mechanism caused, and how many webhooks and list entries payment handled. */
export type Healing = Readonly<
  Record<"byAnswers" | "byEvents" | "bySweeps" | "webhooksHandled" | "listSweeps", number>
>;

const waysOfCauses = `case
  when cause like 'Payment%' then 'byEvents' when cause = 'sweepPayments' then 'bySweeps' else 'byAnswers' end`;

export async function countHealing(stack: StormStack): Promise<Healing> {
  const { order, payment } = stack.pools;
  const ways = await steadily(
    () => order<{ way: keyof Healing; count: number }[]>`
      select ${order.unsafe(waysOfCauses)} as way, count(*)::int as count from (
        select cause, status, lag(status) over (partition by aggregate_id order by version) as before from history) h
      where before is not null and before <> status group by 1`,
  );
  const [handled] = await steadily(
    () => payment<{ count: number }[]>`
      select count(*)::int as count from webhooks where handled_at is not null`,
  );
  return {
    byAnswers: 0,
    byEvents: 0,
    bySweeps: 0,
    ...Object.fromEntries(ways.map(({ way, count }) => [way, count])),
    webhooksHandled: handled?.count ?? 0,
    listSweeps: await countInLogs(stack.folder),
  };
}

/** Orders whose status a sweep has changed since `since`. */
export async function sweptOrders(stack: StormStack, since: Date): Promise<string[]> {
  const { order } = stack.pools;
  const rows = await steadily(
    () => order<{ id: string }[]>`
      select distinct aggregate_id as id from (
        select aggregate_id, cause, recorded_at, status,
          lag(status) over (partition by aggregate_id order by version) as before from history) h
      where cause = 'sweepPayments' and before <> status and recorded_at >= ${since}`,
  );
  return rows.map((row) => row.id);
}

export function learnt(now: Healing, then: Healing): Healing {
  const names = Object.keys(now) as (keyof Healing)[];
  return Object.fromEntries(names.map((name) => [name, now[name] - then[name]])) as Healing;
}

/** Payments that the sweep over Toss's list found to be behind, counted in the logs. */
async function countInLogs(folder: string): Promise<number> {
  let count = 0;
  for (const name of await readdir(folder)) {
    if (!/^payment-.*\.log$/.test(name)) continue;
    const text = await Bun.file(join(folder, name)).text();
    for (const line of text.split("\n")) {
      const behind = /"behind":(\d+).*Toss shows changes/.exec(line)?.[1];
      count += Number(behind ?? 0);
    }
  }
  return count;
}
