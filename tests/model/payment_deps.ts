// The dependencies of payment's use cases: in-memory rows, and a gateway to the model of Toss.
import { AppError } from "@payflow/shared";
import {
  nextAtOf,
  tossProfile,
  type PaymentDeps,
  type PaymentGateway,
  type Answer,
  type Finding,
  type Charge,
} from "@payflow/payment/testing";
import type { Where } from "./scheduler.ts";
import { answerOf, noAnswer } from "./toss_answer.ts";
import { tossFaults, type Reply, type TossFault } from "./toss_model.ts";
import type { Straggler, World } from "./world.ts";

const callLimitMs = 60_000;
const queryLimitMs = 15_000;

export function paymentDeps(world: World, where: Where, isPatient = true): PaymentDeps {
  const { payments, claimedUntil, clock } = world;
  return {
    payments: {
      find: payments.find,
      findMany: async (orderIds) => orderIds.flatMap((orderId) => payments.rows.get(orderId) ?? []),
      save: payments.saveFrom(where),
      markHandled: payments.markHandledFrom(where),
      async saveSchedule(state) {
        const isSaved = await payments.saveScheduleFrom(where)(state);
        if (isSaved) claimedUntil.delete(state.orderId);
        return isSaved;
      },
      listOpen: async ({ afterId, limit }) =>
        [...payments.rows.keys()]
          .filter((orderId) => orderId > afterId)
          .sort()
          .slice(0, limit),
      async claimDue(limit, holdMs) {
        const now = clock.now();
        const due = [...payments.rows.values()]
          .filter((payment) => (nextAtOf(payment) ?? "never") <= now)
          .filter(({ orderId }) => (claimedUntil.get(orderId) ?? "") <= now)
          .slice(0, limit);
        for (const { orderId } of due) claimedUntil.set(orderId, clock.iso(clock.ms() + holdMs));
        return due;
      },
    },
    gateway: gateway(world, where),
    reach: world.reachOf(where.replica),
    moment: () => ({
      now: clock.now(),
      newId: clock.newId,
      reconcileAfterMs: 5_000,
      callLimitMs,
      psp: tossProfile,
    }),
    async awaitOutcome({ payment, outcome }) {
      const known = outcome?.catch((error: unknown) => {
        world.onFault(payment, error);
        return undefined;
      });
      return (
        (isPatient ? await known : undefined) ?? (await payments.find(payment.orderId)) ?? payment
      );
    },
    onMisconfigured: () => {},
    proof: {
      isProven: async () => world.isProven(),
      hasUnclaimed: async (orderId) => world.unclaimed.has(orderId),
      incarnation: async () => String(world.incarnation),
      prove: async (incarnation) => world.prove(Number(incarnation)),
      async keepUnclaimed(transactions) {
        for (const { orderId } of transactions) world.unclaimed.add(orderId);
      },
      onRebuilt() {},
      needsReview: async () => world.needsReview(),
    },
    isTemporary: world.isTemporary,
    onFault: world.onFault,
    faultPoint: () => {},
  };
}

function gateway(world: World, where: Where): PaymentGateway {
  const { scheduler, toss, stragglers } = world;
  const { record } = world.reachOf(where.replica);
  const wire = { where, kind: "wire" } as const;

  /** Two points: the call takes effect at Toss; its response arrives. */
  async function move(call: Straggler): Promise<Answer> {
    const limit = {
      ms: callLimitMs,
      giveUp: (resolve: (answer: Answer) => void) => resolve(noAnswer),
    };
    const answered = await scheduler.stop<Answer>(
      { where, kind: "toss" },
      (fate) => {
        if (fate === "late") stragglers.push(call);
        if (fate === "lie") world.hasLied = true;
        if (fate === "late" || fate === "lost_before" || world.isTossAway) return noAnswer;
        const fault = tossFaults.find((one) => one === fate);
        const reply = send(world, call, fault);
        return fate === "lost_after" ? noAnswer : answerOf(call.operation, reply);
      },
      {
        ms: callLimitMs,
        giveUp(resolve) {
          stragglers.push(call);
          resolve(noAnswer);
        },
      },
    );
    const answer = await scheduler.stop(
      wire,
      (fate) => (fate.startsWith("lost") ? noAnswer : answered),
      limit,
    );
    record(answer !== noAnswer);
    return answer;
  }

  async function query(look: (isStale: boolean) => Charge | undefined): Promise<Finding> {
    const unknown: Finding = { kind: "unknown", code: "NO_ANSWER", message: "" };
    const limit = {
      ms: queryLimitMs,
      giveUp: (resolve: (finding: Finding) => void) => resolve(unknown),
    };
    const found = await scheduler.stop<Finding>(
      { where, kind: "query" },
      (fate) => {
        // only with sweeps: after a stale response to a webhook's status query, only the sweep finds the change
        const isStale = fate === "stale" && world.hasSweeps;
        const isMissing = fate === "missing" && world.hasSweeps;
        if (isMissing && !world.isTossAway) return { kind: "missing" };
        if (!["ok", "stale", "missing"].includes(fate) || world.isTossAway) return unknown;
        const payment = look(isStale);
        return payment ? { kind: "payment", payment } : { kind: "missing" };
      },
      limit,
    );
    const finding = await scheduler.stop(wire, () => found, limit);
    record(finding.kind !== "unknown");
    return finding;
  }

  return {
    confirm: (request) => move({ operation: "confirm", request }),
    cancel: (request) => move({ operation: "cancel", request }),
    find: (paymentKey) => query((isStale) => toss.find(paymentKey, { isStale })),
    findByOrder: (orderId) => query((isStale) => toss.findByOrder(orderId, { isStale })),
    listTransactions: (span) =>
      scheduler.stop(wire, (fate) => {
        if (fate !== "ok" || world.isTossAway)
          throw new AppError(
            "unavailable",
            "psp_unavailable",
            "Toss did not list its transactions",
          );
        return toss.list(span);
      }),
  };
}

/** Delivers a call to the model of Toss. */
export function send({ toss }: World, call: Straggler, fault?: TossFault): Reply {
  return call.operation === "confirm"
    ? toss.confirm(call.request, fault)
    : toss.cancel(call.request, fault);
}
