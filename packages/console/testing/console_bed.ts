import { expect } from "bun:test";
import { Hono } from "hono";
import { contextStorage } from "hono/context-storage";
import { accessMigrations, openCredentials, type Role } from "@payflow/access";
import { migrate, openDatabase } from "@payflow/database";
import { acting, listAudit, readMigrations, type AuditRow } from "@payflow/outbox";
import { AppError } from "@payflow/shared";
import { errorReporter, problemHandler, silentLog } from "@payflow/shared/http";
import { testDatabase } from "@payflow/local-stack/testing";
import type { AdminSessions, AdminVariables } from "@payflow/ui";
import { createConsoleKeys } from "../keys.ts";

export const settingsKey = "merchant-key-of-the-tests";
export type Sessions = Awaited<ReturnType<AdminSessions["listSessions"]>>;
export type ConsoleBed = Awaited<ReturnType<typeof openConsoleBed>>;

/** Keys, sessions and audits on a test database, and browsers that call the functions of the pages. */
export async function openConsoleBed() {
  const database = await testDatabase(
    async (url) => migrate(url, await readMigrations(accessMigrations)),
    "access",
  );
  const { kysely: db, close } = openDatabase({
    url: database.url,
    applicationName: "console",
    poolMax: 4,
  });

  /** The console's server, with one path per function of the pages. */
  function consoleOf(
    settings: { merchantApiKey?: string; publicUrl?: string; address?: string } = {},
  ) {
    const {
      merchantApiKey = settingsKey,
      publicUrl = "http://localhost",
      address = "192.0.2.1",
    } = settings;
    const newId = () => Bun.randomUUIDv7();
    const now = () => new Date().toISOString();
    const options = { merchantApiKey, sessionSecret: "a-secret", newId, now, log: silentLog };
    const credentials = openCredentials(db, options);
    const { functions, identify } = createConsoleKeys({
      isHttps: publicUrl.startsWith("https://"),
      credentials,
      now,
      audits: {
        order: (page) => listAudit(db, page),
        payment: async ({ limit }) => bed.ofPayment.slice(0, limit),
      },
    });
    const app = new Hono<{ Variables: AdminVariables & { clientAddress: string } }>()
      .onError(problemHandler(errorReporter(silentLog)))
      .use(contextStorage())
      .use((c, next) => {
        c.set("clientAddress", address);
        return next();
      })
      .use(identify as never)
      .get("/who", (c) => c.json({ operator: c.var.operator ?? null, actor: acting().actor }))
      .post("/:name", async (c) => {
        const call = functions[c.req.param("name") as keyof AdminSessions] as (
          ...given: unknown[]
        ) => Promise<unknown>;
        return c.json(((await call(...((await c.req.json()) as unknown[]))) ?? null) as never);
      });
    return { app, credentials };
  }

  /** A browser that keeps the console's cookie. */
  function browserOf(console = consoleOf(), agent = "Firefox") {
    let Cookie = "";
    let setCookie = "";
    async function call(name: keyof AdminSessions, ...given: unknown[]) {
      const response = await console.app.request(`/${name}`, {
        method: "POST",
        headers: { Cookie, "User-Agent": agent },
        body: JSON.stringify(given),
      });
      setCookie = response.headers.getSetCookie()[0] ?? "";
      if (setCookie !== "") Cookie = setCookie.split(";")[0] ?? "";
      const body = (await response.json()) as Record<string, unknown>;
      if (response.ok) return body as never;
      throw new AppError("conflict", String(body["code"]), String(body["detail"]));
    }
    const who = async () => (await console.app.request("/who", { headers: { Cookie } })).json();
    return { call, who, cookie: () => Cookie, setCookie: () => setCookie };
  }

  const bed = {
    db,
    /** Payment's audit. */
    ofPayment: [] as readonly AuditRow[],
    consoleOf,
    browserOf,
    keyOf: (name: string, role: Role) =>
      consoleOf().credentials.createKey({ name, role, expiresAt: null }),
    async close() {
      await close();
      await database.drop();
    },
  };
  return bed;
}

export async function refused(work: Promise<unknown>, code: string) {
  await expect(work).rejects.toMatchObject({ code });
}
