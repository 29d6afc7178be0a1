import { sql, type Kysely, type RawBuilder } from "kysely";

type Plan = {
  "Relation Name"?: string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
};

/** Runs a query and counts the table rows that PostgreSQL reads for it, by EXPLAIN ANALYZE. */
export async function rowsExamined(query: RawBuilder<unknown>, db: Kysely<never>): Promise<number> {
  const { rows } = await sql<{ "QUERY PLAN": [{ Plan: Plan }] }>`
    explain (analyze, format json) ${query}`.execute(db);
  return Math.round(examinedBy((rows[0] as (typeof rows)[0])["QUERY PLAN"][0].Plan));
}

/** PostgreSQL reports the mean over all loops. */
function examinedBy(plan: Plan): number {
  const here = plan["Relation Name"]
    ? (plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0)) * plan["Actual Loops"]
    : 0;
  return (plan.Plans ?? []).reduce((sum, inner) => sum + examinedBy(inner), here);
}
