// Every effect of the code under test (a save, a call) stops at a point. The test releases one point at a time, each
// with a fate (success or a fault). Nothing else runs meanwhile, so a run can be repeated.
import type { Clock } from "./clock.ts";
import type { TossFault } from "./toss_model.ts";

/** The outcome of a point. A fate that does not apply to the point's kind is ignored. */
export type Fate =
  | "ok"
  /** The process crashes before, or right after, the effect. */
  | "crash_before"
  | "crash_after"
  /** No response; the effect did not happen (`before`) or did happen (`after`). */
  | "lost_before"
  | "lost_after"
  /** No response; the call to Toss takes effect later, or never. */
  | "late"
  /** A status query returns a stale response, or 404. */
  | "stale"
  | "missing"
  | TossFault;

/** How many points a flow passes before the fate applies. */
export type Until = { readonly points: number; readonly fate: Fate };

/** A process of a service; a crash loses its work in progress. */
export type Replica = "order-0" | "order-1" | "payment-0" | "payment-1";

/** The flow that runs, and the process that runs it; one flow can pass through several processes. */
export type Where = { flow: number; readonly replica: Replica };

/** A database write, a call to Toss that changes something, a status query, or a message on the network. */
type Kind = "save" | "toss" | "query" | "wire";

type Point = Where & {
  readonly kind: Kind;
  readonly release: (fate: Fate) => void;
  /** When the caller times out. */
  readonly deadlineMs: number;
  readonly giveUp: () => void;
};

type Call = {
  readonly from: Where;
  readonly to: Replica;
  readonly deadlineMs: number;
  readonly fail: () => void;
};

export type Scheduler = ReturnType<typeof createScheduler>;

/** Order's time-out for a call to payment. */
const callLimitMs = 40_000;

export function createScheduler(clock: Clock, onCrash: (replica: Replica) => void) {
  let points: Point[] = [];
  let calls: Call[] = [];
  let flows = 0;

  function crash(replica: Replica): void {
    points = points.filter((point) => point.replica !== replica);
    const cut = calls.filter((call) => call.to === replica && call.from.replica !== replica);
    calls = calls.filter((call) => call.to !== replica && call.from.replica !== replica);
    for (const call of cut) call.fail();
    onCrash(replica);
  }

  function stop<T>(
    { where, kind }: { readonly where: Where; readonly kind: Kind },
    act: (fate: Fate) => T,
    limit: {
      readonly ms: number;
      readonly giveUp: (resolve: (value: T) => void, reject: (error: unknown) => void) => void;
    } = never,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      points.push({
        kind,
        flow: where.flow,
        replica: where.replica,
        deadlineMs: clock.ms() + limit.ms,
        giveUp: () => limit.giveUp(resolve, reject),
        release(fate) {
          if (fate === "crash_before") return crash(where.replica);
          try {
            const result = act(fate);
            if (fate === "crash_after") return crash(where.replica);
            resolve(result);
          } catch (error) {
            reject(error);
          }
        },
      });
    });
  }

  return {
    crash,
    stop,
    newFlow: () => ++flows,
    isIdle: () => points.length === 0,

    /** A call from one process to another: the request, the work or the response may get lost. */
    call<T>(
      from: Where,
      to: Replica,
      options: {
        readonly run: (where: Where) => Promise<T>;
        readonly lost: () => Error;
      },
    ): Promise<T> {
      const { lost } = options;
      const wire = { where: from, kind: "wire" } as const;
      return new Promise((resolve, reject) => {
        const limit = { ms: callLimitMs, giveUp: () => reject(lost()) };
        const call: Call = {
          from,
          to,
          deadlineMs: clock.ms() + callLimitMs,
          fail: () => reject(lost()),
        };
        const answer = (settle: () => void) => {
          if (!calls.includes(call)) return;
          calls = calls.filter((other) => other !== call);
          void stop(wire, (fate) => (fate.startsWith("lost") ? reject(lost()) : settle()), limit);
        };
        const request = (fate: Fate) => {
          if (fate === "lost_before") return reject(lost());
          calls.push(call);
          options.run({ flow: from.flow, replica: to }).then(
            (value) => answer(() => resolve(value)),
            (error: unknown) => answer(() => reject(error)),
          );
        };
        void stop(wire, request, limit);
      });
    },

    /** The flow at one of the waiting points. */
    waiting: (who: number): number | undefined => points[who % points.length]?.flow,

    /** Releases a flow's points with "ok", at least `points`, up to the first point where the fate applies. */
    async go(flow: number | undefined, { points: least, fate }: Until): Promise<void> {
      await settled();
      for (let passed = 1; ; passed++) {
        const index = points.findIndex((point) => point.flow === flow);
        const [point] = index < 0 ? [] : points.splice(index, 1);
        if (point === undefined) return;
        const isMet = passed >= least && meets(point.kind, fate);
        point.release(isMet ? fate : "ok");
        await settled();
        if (isMet) return;
      }
    },

    /** Runs all flows to their end. */
    async drain(): Promise<void> {
      await settled();
      for (let turns = 0; points.length > 0; turns++) {
        if (turns > 2_000) throw new Error("A flow does not end");
        const released = points;
        points = [];
        for (const point of released) point.release("ok");
        await settled();
      }
    },

    /** Advances the clock; callers whose deadline has passed time out. */
    async advance(ms: number): Promise<void> {
      clock.advance(ms);
      const isOver = ({ deadlineMs }: { deadlineMs: number }) => deadlineMs <= clock.ms();
      const over = points.filter(isOver);
      const unanswered = calls.filter(isOver);
      points = points.filter((point) => !isOver(point));
      calls = calls.filter((call) => !isOver(call));
      for (const point of over) point.giveUp();
      for (const call of unanswered) call.fail();
      if (over.length + unanswered.length > 0) await settled();
    },
  };
}

function meets(kind: Kind, fate: Fate): boolean {
  switch (fate) {
    case "ok":
    case "crash_before":
    case "crash_after":
    case "lost_before":
    case "lost_after":
      return true;
    case "stale":
    case "missing":
      return kind === "query";
    default:
      return kind === "toss";
  }
}

const never = { ms: Infinity, giveUp: () => {} };

/** Resolves when every flow waits at a point or has ended. */
function settled(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
