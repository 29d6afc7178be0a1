import { setInterval } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, spyOn, test } from "bun:test";
import { sql, type Kysely } from "kysely";
import postgres from "postgres";
import {
  eventually,
  postgresAnswer,
  tcpProxy,
  type TcpProxy,
  type TestDatabase,
} from "@payflow/local-stack/testing";
import { openDatabase, type Database } from "@payflow/database";
import { isDatabaseFault } from "@payflow/database/testing";
import { accounts, accountSave, accountsDatabase, contradictions } from "./testing/accounts.ts";
import { eventBytesMax } from "./save_statements.ts";
import type { SaveResult } from "./save.ts";
import { createSaves } from "./saves.ts";

type AccountSave = ReturnType<typeof accountSave>;

setDefaultTimeout(600_000);

let database: TestDatabase;
let proxy: TcpProxy;
let plain: Database;
let proxied: Database;
let db: Kysely<never>;
/** The test's own connections, with transactions. */
let control: postgres.Sql;

beforeAll(async () => {
  database = await accountsDatabase();
  const url = new URL(database.url);
  proxy = await tcpProxy({ host: url.hostname, port: Number(url.port) });
  plain = openDatabase({ url: database.url, applicationName: "saves-test" });
  url.port = String(proxy.port);
  proxied = openDatabase({ url: url.href, applicationName: "saves-test" });
  db = plain.kysely;
  control = postgres(database.url, { max: 4, onnotice: () => {} });
});
afterAll(async () => {
  await Promise.all([plain.close(), proxied.close(), control.end()]);
  await proxy.close();
  await database.drop();
});

const newId = () => crypto.randomUUID();
const newMessage = () => ({ id: newId(), topic: "Test" });
const newClaim = (key = newId()) => ({ scope: "test", key, requestHash: "#" });

async function versionOf(id: string, on = db): Promise<number> {
  const { rows } = await sql<{
    version: number;
  }>`select version from accounts where id = ${id}`.execute(on);
  return rows[0]?.version ?? 0;
}

/** Retries a read while PostgreSQL does not answer. */
async function untilAnswered<T>(read: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (!isDatabaseFault(error)) throw error;
    }
  }
}

async function waitingForLocks(): Promise<number> {
  const [row] = await control`
    select count(*)::int as count from pg_stat_activity
    where application_name = 'saves-test' and wait_event_type = 'Lock'`;
  return row?.["count"] as number;
}

describe.each([500, 1])("createSaves() with gatherMax %d", (gatherMax) => {
  const savesOn = (kysely: Kysely<never>) => createSaves(kysely, accounts, { gatherMax });
  const saves = () => savesOn(db);

  async function newAccount(save = saves()): Promise<string> {
    const id = newId();
    expect(await save(accountSave({ id, version: 1 }))).toBe("saved");
    return id;
  }

  test("writes a change once, and only on the previous version", async () => {
    const save = saves();
    const id = await newAccount(save);
    expect(await save(accountSave({ id, version: 1 }))).toBe("stale");
    expect(await save(accountSave({ id, version: 3 }))).toBe("stale");
    expect(await save(accountSave({ id, version: 2 }))).toBe("saved");
    expect(await save(accountSave({ id, version: 2 }))).toBe("stale");
    expect(await versionOf(id)).toBe(2);
    expect(await contradictions(db)).toEqual([]);
  });

  test("saving the same Save again returns its result, at once, in another replica, and after later changes", async () => {
    const id = await newAccount();
    const change = accountSave({ id, version: 2 }, { message: newMessage() });
    const replicas = [saves(), saves()];
    const atOnce = replicas.flatMap((save) => [save(change), save(change)]);
    expect(new Set(await Promise.all(atOnce))).toEqual(new Set(["saved"]));
    expect(await saves()(accountSave({ id, version: 3 }))).toBe("saved");
    expect(await saves()(change)).toBe("saved");
    const created = accountSave({ id: newId(), version: 1 }, { claim: newClaim() });
    expect(await saves()(created)).toBe("saved");
    expect(await saves()(created)).toBe("saved");
    expect(await versionOf(id)).toBe(3);
    expect(await contradictions(db)).toEqual([]);
  });

  test("writes nothing for a change of a missing account", async () => {
    const change = accountSave({ id: newId(), version: 2 }, { message: newMessage() });
    expect(await saves()(change)).toBe("stale");
    expect(await contradictions(db)).toEqual([]);
  });

  // without batching, each change needs round trips of its own
  const changesOfEach = gatherMax === 1 ? 10 : 100;
  test(`${10 * changesOfEach} concurrent changes to 10 accounts leave no gap, and one event each`, async () => {
    const save = saves();
    const ids = await Promise.all(Array.from({ length: 10 }, () => newAccount(save)));
    const change = async (id: string): Promise<void> => {
      for (;;) {
        const version = (await versionOf(id)) + 1;
        if ((await save(accountSave({ id, version }))) === "saved") return;
      }
    };
    await Promise.all(
      ids.flatMap((id) =>
        Array.from({ length: 2 }, async () => {
          for (let count = 0; count < changesOfEach / 2; count++) await change(id);
        }),
      ),
    );
    expect(await Promise.all(ids.map((id) => versionOf(id)))).toEqual(
      ids.map(() => changesOfEach + 1),
    );
    expect(await contradictions(db)).toEqual([]);
  });

  test("a bad row fails alone in a batched statement", async () => {
    const save = saves();
    const rows = Array.from({ length: 40 }, (_, index) =>
      accountSave({
        id: newId(),
        version: 1,
        ...(index === 7 ? { balance: -1 } : {}),
        ...(index === 29 ? { note: "\0" } : {}),
      }),
    );
    const results = await Promise.allSettled(rows.map(save));
    const failed = results.flatMap((result, index) =>
      result.status === "rejected" ? [[index, result.reason.code]] : [],
    );
    expect(failed).toEqual([
      [7, "23514"],
      [29, "22P05"],
    ]);
    expect(results.filter((r) => r.status === "fulfilled")).toHaveLength(38);
    expect(await contradictions(db)).toEqual([]);
  });

  test("an event above the size limit is not written, and fails alone", async () => {
    const changes = Array.from({ length: 5 }, () => accountSave({ id: newId(), version: 1 }));
    const [large, ...others] = changes as [AccountSave, ...AccountSave[]];
    const note = "가".repeat(eventBytesMax / 3);
    const events = [{ ...large.events[0], note }];
    const save = saves();
    const results = await Promise.allSettled([save({ ...large, events }), ...others.map(save)]);
    expect(results[0]).toMatchObject({
      reason: expect.objectContaining({ message: expect.stringContaining("AccountChanged") }),
    });
    expect(results.filter((r) => r.status === "fulfilled")).toHaveLength(4);
    expect(await versionOf(large.id)).toBe(0);
    expect(await contradictions(db)).toEqual([]);
  });

  test("creates one of two accounts with the same key, in one statement or in two", async () => {
    const claim = newClaim();
    const two = [newId(), newId()].map((id) => accountSave({ id, version: 1 }, { claim }));
    const results = await Promise.all(two.map(saves()));
    expect(results.toSorted()).toEqual(["saved", "stale"]);
    const third = accountSave({ id: newId(), version: 1 }, { claim });
    expect(await saves()(third)).toBe("stale");
    expect(await versionOf(third.id)).toBe(0);
    expect(await contradictions(db)).toEqual([]);
  });

  test("an account with a taken code is stale, its key stays free, and all others are written", async () => {
    const save = saves();
    const code = newId();
    const coded = (claim?: ReturnType<typeof newClaim>) =>
      accountSave({ id: newId(), version: 1, code }, claim ? { claim } : {});
    const claim = newClaim();
    // the second and third share the first one's code within the statement; the last one finds it stored
    const batch = Array.from({ length: 40 }, (_, index) =>
      [3, 21, 22].includes(index) ? coded(claim) : accountSave({ id: newId(), version: 1 }),
    );
    const results = await Promise.all(batch.map((one) => save(one)));
    expect(results.filter((result) => result === "saved")).toHaveLength(38);
    expect([3, 21, 22].map((index) => results[index]).toSorted()).toEqual([
      "saved",
      "stale",
      "stale",
    ]);
    const free = newClaim();
    expect(await save(coded(free))).toBe("stale");
    expect(await save(accountSave({ id: newId(), version: 1 }, { claim: free }))).toBe("saved");
    expect(await contradictions(db)).toEqual([]);
  });

  test("a statement with many taken codes is retried once, not halved", async () => {
    // the last code is new, and several accounts have it
    const codes = [newId(), newId(), newId(), newId()];
    const withCode = (code?: string) =>
      accountSave({ id: newId(), version: 1, ...(code === undefined ? {} : { code }) });
    for (const code of codes.slice(0, 3)) expect(await saves()(withCode(code))).toBe("saved");
    const batch = Array.from({ length: Math.min(gatherMax, 40) }, (_, index) =>
      withCode(codes[index % 10]),
    );
    const executeQuery = spyOn(db, "executeQuery");
    try {
      const save = saves();
      const results = await Promise.all(batch.map((one) => save(one)));
      const stale = results.filter((result) => result === "stale");
      expect(stale).toHaveLength(gatherMax === 1 ? 1 : 15);
      // no statement is sent when all codes are taken
      expect(executeQuery).toHaveBeenCalledTimes(gatherMax === 1 ? 1 : 2);
    } finally {
      executeQuery.mockRestore();
    }
    expect(await contradictions(db)).toEqual([]);
  });

  test("of two replicas that create with the same code concurrently only one does, and neither fails", async () => {
    const replicas = [saves(), saves()];
    for (let round = 0; round < 20; round++) {
      const code = newId();
      const results = await Promise.all(
        replicas.map((save) => save(accountSave({ id: newId(), version: 1, code }))),
      );
      expect(results.toSorted()).toEqual(["saved", "stale"]);
    }
    expect(await contradictions(db)).toEqual([]);
  });

  test("of two replicas that create with the same key concurrently only one does", async () => {
    const replicas = [saves(), saves()];
    for (let round = 0; round < 20; round++) {
      const claim = newClaim();
      const results = await Promise.all(
        replicas.map((save) => save(accountSave({ id: newId(), version: 1 }, { claim }))),
      );
      expect(results.toSorted()).toEqual(["saved", "stale"]);
    }
    expect(await contradictions(db)).toEqual([]);
  });

  test("a message takes effect once", async () => {
    const save = saves();
    const id = await newAccount(save);
    const message = newMessage();
    const results = await Promise.all([
      save(accountSave({ id, version: 2 }, { message })),
      save(accountSave({ id, version: 3 }, { message })),
    ]);
    expect(results).toEqual(["saved", "handled"]);
    expect(await versionOf(id)).toBe(2);
    expect(await contradictions(db)).toEqual([]);
  });

  test("a message that another replica is handling is handled once that transaction commits", async () => {
    const id = await newAccount();
    const message = newMessage();
    const result = await control.begin(async (other) => {
      await other`insert into inbox (message_id, topic) values (${message.id}, 'Test')`;
      const saving = saves()(accountSave({ id, version: 2 }, { message }));
      await eventually(async () => (await waitingForLocks()) > 0);
      return { saving };
    });
    expect(await result.saving).toBe("handled");
    expect(await versionOf(id)).toBe(1);
    await control`delete from inbox where message_id = ${message.id}`;
  });

  test("a change that waits for another replica's change is stale once that commits", async () => {
    const id = await newAccount();
    const result = await control.begin(async (other) => {
      await other`update accounts set version = 2 where id = ${id}`;
      const saving = saves()(accountSave({ id, version: 2 }));
      await eventually(async () => (await waitingForLocks()) > 0);
      return { saving };
    });
    expect(await result.saving).toBe("stale");
    await control`update accounts set version = 1 where id = ${id}`;
    expect(await contradictions(db)).toEqual([]);
  });

  test.each(["40P01", "40001", "55P03"])(
    "retries a statement that PostgreSQL aborted with %s",
    async (code) => {
      const id = await newAccount();
      const name = `fail_${code.toLowerCase()}_${gatherMax}`;
      // a sequence keeps its value after a rollback
      await control
        .unsafe(
          `create sequence ${name};
           create function ${name}() returns trigger language plpgsql as $$ begin
             if nextval('${name}') <= 2 then raise exception 'victim' using errcode = '${code}'; end if;
             return new;
           end $$;
           create trigger ${name} before update on accounts for each row when (old.id = '${id}') execute function ${name}()`,
        )
        .simple();
      expect(await saves()(accountSave({ id, version: 2 }))).toBe("saved");
      expect(await contradictions(db)).toEqual([]);
    },
  );

  test("an account whose code is taken only at the second attempt is stale, and its key stays free", async () => {
    const [code, free] = [newId(), newClaim()];
    const late = accountSave({ id: newId(), version: 1, code }, { claim: free });
    const name = `late_${gatherMax}`;
    await control
      .unsafe(
        `create sequence ${name};
         create function ${name}() returns trigger language plpgsql as $$ begin
           if nextval('${name}') = 1 then raise exception 'victim' using errcode = '40001'; end if;
           return new;
         end $$;
         create trigger ${name} before insert on accounts for each row when (new.id = '${late.id}') execute function ${name}()`,
      )
      .simple();
    expect(await saves()(accountSave({ id: newId(), version: 1, code }))).toBe("saved");
    expect(await saves()(late)).toBe("stale");
    expect(await saves()(accountSave({ id: newId(), version: 1 }, { claim: free }))).toBe("saved");
    expect(await contradictions(db)).toEqual([]);
  });

  describe("when the response of a commit is lost", () => {
    /** Saves over a connection that breaks between the commit and its response. */
    async function saveWithLostAnswer(change: AccountSave): Promise<SaveResult> {
      // connects the pool first: its start-up queries must not be the lost response
      await sql`select 1`.execute(proxied.kysely);
      const lost = proxy.loseAnswer(postgresAnswer(change.changeId));
      const result = await savesOn(proxied.kysely)(change);
      await lost;
      return result;
    }

    test("a change is saved, not stale", async () => {
      const id = await newAccount();
      const change = accountSave({ id, version: 2 });
      expect(await saveWithLostAnswer(change)).toBe("saved");
      expect(await versionOf(id)).toBe(2);
      expect(await contradictions(db)).toEqual([]);
    });

    test("a change with a message is saved, not handled", async () => {
      const id = await newAccount();
      const change = accountSave({ id, version: 2 }, { message: newMessage() });
      expect(await saveWithLostAnswer(change)).toBe("saved");
      expect(await contradictions(db)).toEqual([]);
    });

    test("a new account with a key is saved, not stale", async () => {
      const change = accountSave({ id: newId(), version: 1 }, { claim: newClaim() });
      expect(await saveWithLostAnswer(change)).toBe("saved");
      expect(await contradictions(db)).toEqual([]);
    });

    test("a stale change stays stale, and a handled change stays handled", async () => {
      const id = await newAccount();
      const message = newMessage();
      const first = accountSave({ id, version: 2 }, { message });
      expect(await saves()(first)).toBe("saved");
      const late = accountSave({ id, version: 2 });
      expect(await saveWithLostAnswer(late)).toBe("stale");
      const again = accountSave({ id, version: 3 }, { message });
      expect(await saveWithLostAnswer(again)).toBe("handled");
      expect(await contradictions(db)).toEqual([]);
    });
  });

  test("no save is partial, stuck, lost or duplicated while backends are killed under 32 writers", async () => {
    const name = `killed-${gatherMax}`;
    const killed = openDatabase({ url: database.url, applicationName: name });
    const replicas = [savesOn(killed.kysely), savesOn(killed.kysely)];
    const seen: { change: AccountSave; result: SaveResult | "unknown" }[] = [];
    const attempt = async (change: AccountSave, writer: number) => {
      const save = replicas[writer % 2] as (typeof replicas)[0];
      const result = await save(change).catch((error: unknown) => {
        expect(error).toMatchObject({ code: "database_unavailable" });
        return "unknown" as const;
      });
      seen.push({ change, result });
      return result;
    };

    let killing = true;
    const write = async (writer: number): Promise<void> => {
      while (killing) {
        // like a client: retries with a new order under the same key until the result is known
        const claim = newClaim();
        let id: string;
        do id = newId();
        while ((await attempt(accountSave({ id, version: 1 }, { claim }), writer)) === "unknown");
        const { rows } = await untilAnswered(() =>
          sql<{
            aggregate_id: string;
          }>`select aggregate_id from idempotency_keys where key = ${claim.key}`.execute(
            killed.kysely,
          ),
        );
        const owner = rows[0]?.aggregate_id as string;
        // like a consumer: decides again until the message has taken effect
        const message = newMessage();
        for (let result = ""; !["saved", "handled"].includes(result);) {
          const version = 1 + (await untilAnswered(() => versionOf(owner, killed.kysely)));
          result = await attempt(accountSave({ id: owner, version }, { message }), writer);
        }
      }
    };
    const writers = Array.from({ length: 32 }, (_, writer) => write(writer));
    const rounds = gatherMax === 1 ? 20 : 40;
    let round = 0;
    let kills = 0;
    for await (const _ of setInterval(50)) {
      const ended = await control`
        select pg_terminate_backend(pid) from (
          select pid from pg_stat_activity where application_name = ${name} order by random() limit 3) b`;
      kills += ended.length;
      if (++round === rounds) break;
    }
    killing = false;
    await Promise.all(writers);
    await killed.close();

    expect(await contradictions(db)).toEqual([]);
    const written = new Set(
      (await control`select change_id from history`).map((row) => row["change_id"]),
    );
    const wrong = seen.filter(
      ({ change, result }) =>
        result !== "unknown" && (result === "saved") !== written.has(change.changeId),
    );
    expect(wrong).toEqual([]);
    const perKey = Map.groupBy(
      seen.filter(({ change, result }) => change.claim && written.has(change.changeId)),
      ({ change }) => change.claim?.key,
    );
    expect([...perKey.values()].filter((orders) => orders.length > 1)).toEqual([]);
    // the test killed backends, and the writers wrote
    expect(kills).toBeGreaterThan(rounds / 4);
    expect(seen.length).toBeGreaterThan(32);
  });
});
