// Disk space per checkout: `bun bench/row_sizes.ts [copies]` copies one real checkout (100,000
// times by default) and divides the sizes of each table and its indexes by the rows.
// docs/scaling.md has the figures.
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { textTable } from "@payflow/local-stack";
import { grownShop } from "./figures/growth.ts";
import { startServers } from "./lab/servers.ts";
import { startShop } from "./lab/shop.ts";

const copies = Number(process.argv[2] ?? 100_000);
const folder = mkdtempSync("/var/tmp/payflow-row-sizes-");
const servers = await startServers();
const bench: Parameters<typeof grownShop>[0] = {
  servers,
  step: () => {},
  startShop: (options) =>
    startShop(servers, { ...options, folder: join(folder, options.name), cpuProfile: false }),
};
const { shop, rows } = await grownShop(bench, copies);
await shop.stop();
for (const part of ["order", "payment"] as const) {
  const sql = postgres(servers.urlOf(shop.databases[part]), { max: 1, onnotice() {} });
  const found = await sql<Record<"table" | "heap" | "indexes", string>[]>`
    select relname as table, pg_table_size(oid)::text as heap, pg_indexes_size(oid)::text as indexes
    from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by relname`;
  const lines = found.flatMap(({ table, heap, indexes }) => {
    const count = rows[`${part}.${table}`] ?? 0;
    if (count < copies / 2) return [];
    const each = (bytes: string) => Math.round(Number(bytes) / count);
    return [{ database: part, table, rows: count, row: each(heap), indexes: each(indexes) }];
  });
  console.log(`${textTable(lines)}\n`);
  await sql.end();
}
rmSync(folder, { recursive: true, force: true });
await servers.close();
