import type { Operations } from "@payflow/outbox/operate";
import type { CallAnswer, CallBody, PaymentCall } from "@payflow/shared";
import { asAppError, type Frozen } from "@payflow/shared/http";
import { callsOf } from "./internal_call.ts";

type Answer<Name extends PaymentCall> = Promise<Frozen<CallAnswer<Name>>>;

/** What operators read and do of payment's, in the name of whoever order says. */
export type OperatorQueries = {
  readMoneyMonth(month: string): Answer<"money-month">;
  readMoneyLines(page: CallBody<"money-lines">): Answer<"money-lines">;
  findReconciliation(
    day: string,
  ): Promise<Frozen<CallAnswer<"reconciliation">["found"]> | undefined>;
  requestReconciliation(day: string): Promise<boolean>;
  resolveExceptions(
    body: CallBody<"resolve-exceptions">,
  ): Promise<Frozen<CallAnswer<"resolve-exceptions">["resolved"]>>;
  listWebhooks(page: CallBody<"webhooks">): Answer<"webhooks">;
  findWebhook(id: string): Promise<Frozen<CallAnswer<"webhook">["found"]> | undefined>;
  readAttention(): Answer<"attention">;
  listAudit(page: CallBody<"audit">): Promise<Frozen<CallAnswer<"audit">["rows"]>>;
};

export type OperatorRoutesDeps = {
  readonly operations: Operations;
  readonly operators: OperatorQueries;
};

const call = callsOf<OperatorRoutesDeps>();

/** What order calls for operators alone. */
export const operatorRoutes = [
  call("money-month", ({ month }, { operators }) => operators.readMoneyMonth(month)),
  call("money-lines", (page, { operators }) => operators.readMoneyLines(page)),
  call("reconciliation", async ({ day }, { operators }) => ({
    found: (await operators.findReconciliation(day)) ?? null,
  })),
  call("request-reconciliation", async ({ day }, { operators }) => ({
    isDone: await operators.requestReconciliation(day),
  })),
  call("resolve-exceptions", async (body, { operators }) => ({
    resolved: await operators.resolveExceptions(body),
  })),
  call("outbox", (_, { operations }) => operations.readOutbox()),
  call("dead-letters", (page, { operations }) => operations.listLetters(page)),
  call("dead-letter", async ({ id }, { operations }) => ({
    found: (await operations.findLetter(id)) ?? null,
  })),
  call("replay-dead-letter", async ({ id }, { operations }) => {
    const replayed = await unlessKafkaIsAway(operations.replayLetter(id));
    if (replayed === "away") return { outcome: "kafka_unavailable" };
    return { outcome: replayed ? "replayed" : "not_found" };
  }),
  call("replay-cause", async ({ error }, { operations }) => {
    const count = await unlessKafkaIsAway(operations.replayCause(error));
    return count === "away" ? { count: 0, isKafkaAway: true } : { count, isKafkaAway: false };
  }),
  call("discard-dead-letter", async ({ id }, { operations }) => ({
    isDone: (await operations.discardLetter(id)) !== undefined,
  })),
  call("webhooks", (page, { operators }) => operators.listWebhooks(page)),
  call("webhook", async ({ id }, { operators }) => ({
    found: (await operators.findWebhook(id)) ?? null,
  })),
  call("audit", async (page, { operators }) => ({ rows: await operators.listAudit(page) })),
  call("attention", (_, { operators }) => operators.readAttention()),
];

/** Order takes an error for payment's own failure, and Kafka's is another. */
async function unlessKafkaIsAway<T>(replay: Promise<T>): Promise<T | "away"> {
  try {
    return await replay;
  } catch (error) {
    if (asAppError(error)?.code !== "kafka_unavailable") throw error;
    return "away";
  }
}
