import { createWorker, retryAtStart, startDatabase } from "@payflow/database";
import type { Migration, Worker, WorkerOptions } from "@payflow/database";
import {
  createMessaging,
  listHistory,
  messageRetention,
  noTracer,
  pruneOnce,
  writeCheck,
  type MessageHandler,
  type Messaging,
  type MessagingOptions,
  type Retention,
} from "@payflow/outbox";
import * as v from "valibot";
import { AppError } from "../app_error.ts";
import type { Message } from "../change.ts";
import { eventSchemaUri } from "../text.ts";
import type { ServiceConfig } from "./config.ts";
import type { Logger } from "./log.ts";
import { createMetrics, observeMessages, type DatabaseFigure } from "./metrics.ts";
import type { HealthChecks } from "./readiness.ts";
import type { Service } from "./serve.ts";

export type OpenedService = Awaited<ReturnType<typeof openService>>;

export type App = { fetch(request: Request, bindings: object): Response | Promise<Response> };

/** Opens the infrastructure of order or payment. The database must be reachable; Kafka may come up later. */
export async function openService(
  options: Pick<ServiceConfig, "databaseUrl" | "migrate" | "kafka" | "eventKeys" | "traces"> & {
    readonly name: "order" | "payment";
    readonly migrations: readonly Migration[];
    readonly log: Logger;
    readonly faultPoint?: MessagingOptions["faultPoint"];
    readonly figures: readonly DatabaseFigure[];
    /** In addition to that of messages. */
    readonly retention?: readonly Retention[];
  },
) {
  const { name, log, faultPoint = () => {} } = options;
  const { database, clock } = await startDatabase({
    url: options.databaseUrl,
    applicationName: `payflow-${name}`,
    migrations: options.migrations,
    migrates: options.migrate !== "off",
    log,
  });
  const db = database.kysely;
  const { endpoint, share } = options.traces;
  // loads OpenTelemetry only if an endpoint is set
  const tracing =
    endpoint === undefined
      ? undefined
      : (await import("./otlp_tracer.ts")).createOtlpTracer({ service: name, endpoint, share });
  const tracer = tracing?.tracer ?? noTracer;
  const metrics = createMetrics({ service: name, db, figures: options.figures });
  metrics.pool("database", database.pool);
  const workers: Worker[] = [clock.worker];
  let messaging: Messaging | undefined;
  let isStopping = false;

  function every(
    idleMs: number,
    worker: string,
    runOnce: WorkerOptions["runOnce"],
    more: Pick<WorkerOptions, "backoffMaxMs"> = {},
  ): Worker {
    const added = createWorker({ ...more, name: worker, idleMs, runOnce, log });
    workers.push(added);
    return added;
  }
  const retention = [...messageRetention, ...(options.retention ?? [])];
  every(60 * 60_000, "retention", () => pruneOnce(db, retention));

  const behindHelp = "For how long a worker has failed, or been at one round; 0: nothing is due";
  metrics.gauge("payflow_worker_behind_seconds", behindHelp, ["worker"], () =>
    workers.map(({ name, behindMs }) => [{ worker: name }, behindMs() / 1_000] as const),
  );
  const isReading = () => messaging?.isReading() ?? false;
  metrics.part("kafka", isReading);

  return {
    db,
    metrics,
    tracer,
    now: clock.now,
    faultPoint,
    /** Runs a step of the start; retries while the database is unavailable. */
    prepare: <T>(step: () => Promise<T>) => retryAtStart({ url: options.databaseUrl, log }, step),
    every,
    add: (worker: Worker) => void workers.push(worker),
    wakeRelay: () => messaging?.wake(),
    isReading,
    listHistory: async (aggregateId: string) =>
      (await listHistory(db, aggregateId)).map((entry) => ({ ...entry, part: name })),
    health: (others: HealthChecks["others"] = {}): HealthChecks => ({
      needed: { database: writeCheck(db) },
      others,
      isStopping: () => isStopping,
    }),
    /** The service to run. `onWorkersStopped` runs before the database is closed, to end work that workers began. */
    run(
      app: App,
      more: Pick<MessagingOptions, "publishes" | "consumes" | "handle"> & {
        /** Replaces an invalid host in a request's URL. */
        readonly origin: string;
        readonly onWorkersStopped?: () => Promise<unknown>;
      },
    ): Service {
      const started = (messaging = createMessaging({
        ...more,
        ...observeMessages(metrics, clock.now),
        db,
        source: `/payflow/${name}`,
        dataSchema: eventSchemaUri,
        kafka: options.kafka,
        keys: options.eventKeys,
        group: name,
        log,
        tracer,
        faultPoint,
      }));
      const lagHelp = "Messages that the consumer group has yet to handle";
      metrics.gauge("payflow_consumer_lag", lagHelp, ["group", "topic"], async () =>
        (await started.readLag()).map(({ topic, lag }) => [{ group: name, topic }, lag] as const),
      );
      return {
        fetch: (request, server) =>
          app.fetch(withAbsoluteUrl(request, more.origin), {
            peer: server?.requestIP(request)?.address ?? "127.0.0.1",
            server,
          }),
        async start() {
          for (const worker of [...workers, started]) worker.start();
        },
        drain() {
          isStopping = true;
        },
        async stop() {
          await started.stopReading();
          await Promise.allSettled(workers.map((worker) => worker.stop()));
          await more.onWorkersStopped?.();
          await started.stop();
          await database.close();
          await tracing?.stop();
        },
      };
    },
  };
}

/** Handles messages that follow the schema. Throws AppError `invalid_event` for any other message. */
export function eventHandler<Event extends { readonly eventId: string }>(
  schema: v.GenericSchema<unknown, Event>,
  handle: (event: Event, message: Message) => Promise<unknown>,
): MessageHandler {
  return async ({ topic, value }) => {
    const { success, output, issues } = v.safeParse(schema, JSON.parse(value));
    if (success) return void (await handle(output, { id: output.eventId, topic }));
    const text = `Not an event of the topic ${topic}: ${v.summarize(issues)}`;
    throw new AppError("invalid", "invalid_event", text);
  };
}

/**
 * The request with an absolute URL. Bun builds the URL from the Host header, which may be missing (HTTP/1.0) or
 * malformed; `origin` replaces it then.
 */
export function withAbsoluteUrl(request: Request, origin: string): Request {
  const url = URL.parse(request.url);
  if (url?.protocol === "http:" || url?.protocol === "https:") return request;
  const target = request.url.startsWith("/") ? request.url : "/";
  return new Request(URL.parse(origin + target) ?? origin, request);
}
