import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Hono } from "hono";

/** `/notices`: copyright notices and licences of the third-party files that browsers load. */
export function noticeRoutes(): Hono {
  const folder = join(import.meta.dirname, "../notices");
  const names = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  const notices = names.sort().map((name) => {
    const text = readFileSync(join(folder, name), "utf8").trim();
    return `==== ${name.replace(".txt", "")} ====\n\n${text}\n`;
  });
  const headers = { "content-type": "text/plain; charset=utf-8" };
  return new Hono().get("/notices", (c) => c.body(notices.join("\n\n"), 200, headers));
}
