// One service's database: each save is one atomic step with compare-and-set on the version.
import { AppError } from "@payflow/shared";
import type { Scheduler, Where } from "./scheduler.ts";

type Aggregate = {
  readonly orderId: string;
  readonly version: number;
  readonly scheduleVersion?: number;
};
type Event = { readonly eventId: string; readonly eventType: string };
type Message = { readonly id: string; readonly topic: string };
type Claim = {
  readonly scope: string;
  readonly key: string;
  readonly requestHash: string;
};

export type OutboxRow<E> = { readonly event: E; isPublished: boolean };

export type MemoryStore<S extends Aggregate, E extends Event> = ReturnType<
  typeof createMemoryStore<S, E>
>;

export function createMemoryStore<S extends Aggregate, E extends Event>(
  scheduler: Scheduler,
  onSave: (before: S | undefined, after: S, events: readonly E[]) => void,
) {
  const rows = new Map<string, S>();
  const history = new Map<string, number[]>();
  const outbox: OutboxRow<E>[] = [];
  const inbox = new Map<string, number>();
  const journal = new Map<string, object[]>();
  const claims = new Map<string, { requestHash: string; orderId: string }>();

  function write(
    change: {
      readonly state: S;
      readonly events: readonly E[];
      readonly journal?: readonly object[];
    },
    {
      message,
      claim,
    }: {
      readonly message?: Message | undefined;
      readonly claim?: Claim | undefined;
    },
  ): "saved" | "stale" | "handled" {
    const { state, events } = change;
    if (message && inbox.has(message.id)) return "handled";
    const before = rows.get(state.orderId);
    if ((before?.version ?? 0) !== state.version - 1) return "stale";
    if (before?.scheduleVersion !== undefined && before.scheduleVersion !== state.scheduleVersion)
      return "stale";
    const claimed = claim && `${claim.scope} ${claim.key}`;
    if (claimed !== undefined && claims.has(claimed)) return "stale";
    if (claimed !== undefined)
      claims.set(claimed, { requestHash: claim?.requestHash ?? "", orderId: state.orderId });
    onSave(before, state, events);
    rows.set(state.orderId, asJsonb(state));
    history.set(state.orderId, [...(history.get(state.orderId) ?? []), state.version]);
    journal.set(state.orderId, [...(journal.get(state.orderId) ?? []), ...(change.journal ?? [])]);
    outbox.push(...events.map((event) => ({ event, isPublished: false })));
    if (message) inbox.set(message.id, (inbox.get(message.id) ?? 0) + 1);
    return "saved";
  }

  /** Stores the result of a status query without news: no new version, no history. */
  function saveSchedule(state: S): boolean {
    const before = rows.get(state.orderId);
    const isNewest =
      before?.version === state.version &&
      before.scheduleVersion === (state.scheduleVersion ?? 0) - 1;
    if (isNewest) rows.set(state.orderId, asJsonb(state));
    return isNewest;
  }

  return {
    rows,
    history,
    outbox,
    inbox,
    journal,
    claims,
    find: async (orderId: string) => rows.get(orderId),
    /** `saveSchedule` for one process. */
    saveScheduleFrom:
      (where: Where) =>
      (state: S): Promise<boolean> =>
        scheduler.stop({ where, kind: "save" }, (fate) => {
          if (fate === "lost_before") throw databaseUnavailable();
          const isSaved = saveSchedule(state);
          if (fate === "lost_after") throw databaseUnavailable();
          return isSaved;
        }),
    /** `markHandled` for one process. */
    markHandledFrom:
      (where: Where) =>
      ({ id }: Message): Promise<void> =>
        scheduler.stop({ where, kind: "save" }, (fate) => {
          if (fate === "lost_before") throw databaseUnavailable();
          if (!inbox.has(id)) inbox.set(id, 1);
          if (fate === "lost_after") throw databaseUnavailable();
        }),
    /** `save` for one process. */
    saveFrom:
      (where: Where) =>
      (
        change: Parameters<typeof write>[0],
        options: Parameters<typeof write>[1],
      ): Promise<"saved" | "stale" | "handled"> =>
        scheduler.stop({ where, kind: "save" }, (fate) => {
          if (fate === "lost_before") throw databaseUnavailable();
          const result = write(change, options);
          if (fate === "lost_after") throw databaseUnavailable();
          return result;
        }),
  };
}

/** A value as a jsonb column returns it: PostgreSQL sorts the keys by length, then by bytes. */
function asJsonb<T>(value: T): T {
  if (Array.isArray(value)) return value.map(asJsonb) as T;
  if (typeof value !== "object" || value === null) return value;
  const names = Object.keys(value);
  const list = names.join();
  const sorted =
    sortedNames.get(list) ?? names.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  sortedNames.set(list, sorted);
  const stored: Record<string, unknown> = {};
  for (const name of sorted) stored[name] = asJsonb(value[name as never]);
  return stored as T;
}
/** Cached: there are few object shapes, and each is stored millions of times. */
const sortedNames = new Map<string, readonly string[]>();

function databaseUnavailable(): AppError {
  return new AppError("unavailable", "database_unavailable", "The database does not answer");
}
