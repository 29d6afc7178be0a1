import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { migrate, openDatabase, type Database } from "@payflow/database";
import { testDatabase, type TestDatabase } from "@payflow/local-stack/testing";
import { silentLog } from "@payflow/shared/http";
import { changed } from "../domain/change.ts";
import { snapshotOf } from "../domain/snapshot.ts";
import { sql } from "kysely";
import { paymentMigrations } from "../infrastructure/migrations.ts";
import { databaseProof } from "../infrastructure/postgres_proof.ts";
import { acornDeps } from "../testing/acorn_deps.ts";
import { createAcornPay } from "../testing/acorn_pay.ts";
import { facts as given } from "../testing/given.ts";
import { confirmPayment } from "./confirm_payment.ts";
import { openPayment } from "./open_payment.ts";
import type { PaymentDeps } from "./ports.ts";
import { recoverPayment } from "./recover_payment.ts";

setDefaultTimeout(600_000);

let database: TestDatabase;
let opened: Database;
const now = () => new Date().toISOString();

beforeAll(async () => {
  database = await testDatabase(async (url) => migrate(url, await paymentMigrations()), "payment");
  opened = openDatabase({ url: database.url, applicationName: "recover-test" });
});
afterAll(async () => {
  await opened.close();
  await database.drop();
});

test("a payment is not charged again when another change is saved before its rebuild", async () => {
  const acorn = createAcornPay(now);
  const sound = acornDeps(opened.kysely, { acorn, now });
  const expiresAt = new Date(Date.now() + 45 * 60_000).toISOString();
  const facts = { ...given, orderId: Bun.randomUUIDv7(), expiresAt };
  const { orderId, amount } = facts;
  await openPayment({ facts }, sound);
  // charged by an attempt that the restored database lost
  acorn.authorise("lost", orderId, amount);
  await acorn.gateway.confirm({ paymentKey: "lost", orderId, amount, idempotencyKey: "1" });
  acorn.authorise("second", orderId, amount);
  let isOvertaken = false;
  const save: PaymentDeps["payments"]["save"] = async (change, why) => {
    const row = await sound.payments.find(orderId);
    if (why.cause === "recoverPayment" && !isOvertaken && row) {
      isOvertaken = true;
      await sound.payments.save(changed(row, row, sound.moment()), { cause: "test" });
    }
    return await sound.payments.save(change, why);
  };
  const proof = { ...sound.proof, isProven: async () => false };
  const deps = { ...sound, proof, payments: { ...sound.payments, save } };
  const known = { placedAt: now(), snapshot: null };
  await expect(
    confirmPayment({ paymentKey: "second", amount, facts, known }, deps),
  ).rejects.toMatchObject({ code: "order_already_paid" });
  expect(acorn.calls).toEqual(["capture lost"]);
});

test("a payment that the PSP does not show needs manual review after two queries, unless it was changed meanwhile", async () => {
  const db = opened.kysely;
  const sound = acornDeps(db, { acorn: createAcornPay(now), now });
  const expiresAt = new Date(Date.now() + 45 * 60_000).toISOString();
  const facts = { ...given, orderId: Bun.randomUUIDv7(), expiresAt };
  const { orderId } = facts;
  const row = await openPayment({ facts }, sound);
  const paid = { ...snapshotOf(row), status: "DONE", approvedAt: now(), balanceAmount: 1_000 };
  const snapshot = { ...paid, paymentVersion: 3 } as ReturnType<typeof snapshotOf>;
  const { needsReview } = databaseProof(db, { log: silentLog, onUnproven() {} });
  const deps = { ...sound, proof: { ...sound.proof, needsReview } };
  const known = { placedAt: now(), snapshot };
  const recover = () =>
    recoverPayment(row, { doubt: "behind", known }, deps).catch(
      ({ code }: { code: string }) => code,
    );
  const noted = async () =>
    (await sql`select kind from open_ends where order_id = ${orderId}`.execute(db)).rows.length;

  expect(await recover()).toBe("payment_recovering");
  expect(await noted()).toBe(1);
  await sql`update unrecovered set found_at = found_at - interval '10 seconds'`.execute(db);
  expect(await recover()).toBe("payment_unrecoverable");

  // another request changes it while this one waits for the PSP
  await sound.payments.save(changed(row, row, sound.moment()), { cause: "test" });
  expect(await noted()).toBe(0);
  expect(await recover()).toBe("payment_recovering");
  expect(await noted()).toBe(0);
});

test("a payment that was rebuilt needs no review, although the process crashed after the save", async () => {
  const db = opened.kysely;
  const acorn = createAcornPay(now);
  const sound = acornDeps(db, { acorn, now });
  const expiresAt = new Date(Date.now() + 45 * 60_000).toISOString();
  const facts = { ...given, orderId: Bun.randomUUIDv7(), expiresAt };
  const { orderId, amount } = facts;
  const row = await openPayment({ facts }, sound);
  const paid = { ...snapshotOf(row), status: "DONE", approvedAt: now(), balanceAmount: amount };
  const known = { placedAt: now(), snapshot: { ...paid, paymentVersion: 3 } as never };
  const { needsReview } = databaseProof(db, { log: silentLog, onUnproven() {} });
  const onRebuilt = () => {
    throw new Error("crashed");
  };
  const deps = { ...sound, proof: { ...sound.proof, needsReview, onRebuilt } };
  const recover = async () => {
    const loaded = (await sound.payments.find(orderId)) ?? row;
    return await recoverPayment(loaded, { doubt: "behind", known }, deps);
  };
  const reviews = async () =>
    (await sql`select said from open_ends where order_id = ${orderId}`.execute(db)).rows.length;
  await expect(recover()).rejects.toMatchObject({ code: "payment_recovering" });
  expect(await reviews()).toBe(1);

  acorn.authorise("lost", orderId, amount);
  await acorn.gateway.confirm({ paymentKey: "lost", orderId, amount, idempotencyKey: "1" });
  await expect(recover()).rejects.toThrow("crashed");
  expect(await sound.payments.find(orderId)).toMatchObject({ version: 4, status: "DONE" });
  expect(await reviews()).toBe(0);

  // a later doubt is another one: a second response, ten seconds later, must show it again
  await sql`update unrecovered set found_at = found_at - interval '10 seconds'`.execute(db);
  const found = { orderId, doubt: "behind", had: 4 } as const;
  expect(await needsReview(found)).toBe(false);
  expect(await reviews()).toBe(1);
});
