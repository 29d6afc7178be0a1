import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { paymentMigrations } from "../infrastructure/migrations.ts";
import { acornDeps } from "../testing/acorn_deps.ts";
import { createAcornPay } from "../testing/acorn_pay.ts";
import { facts } from "../testing/given.ts";
import { openPayment } from "./open_payment.ts";
import { createSettling } from "./settle_due_payments.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
const now = () => new Date().toISOString();

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  opened = openDatabase({ url: database.url, applicationName: "settle-due-test" });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

test("a payment that can't be made due, for example while an operator locks its row, does not delay others", async () => {
  const acorn = acornDeps(opened.kysely, { acorn: createAcornPay(now), now });
  const [held, due] = [Bun.randomUUIDv7(), Bun.randomUUIDv7()];
  const deps = {
    ...acorn,
    reach: { ...acorn.reach, isToWake: () => true },
    payments: {
      ...acorn.payments,
      listOpen: async () => [held],
      find: async (orderId: string) => {
        if (orderId === held) throw Object.assign(new Error("lock timeout"), { code: "55P03" });
        return await acorn.payments.find(orderId);
      },
    },
  };
  await openPayment({ facts: { ...facts, orderId: due, expiresAt: now() } }, deps);
  const settling = createSettling(deps);
  await expect(settling.runOnce()).rejects.toThrow("lock timeout");
  await settling.drain();
  expect((await acorn.payments.find(due))?.status).toBe("EXPIRED");
});
