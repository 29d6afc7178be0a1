// A load client over raw sockets with a low CPU cost, because it takes CPU time from the server
// when both share the cores. It keeps HTTP/1.1 connections open and parses only the head of a
// response.
import { spreadOf, type Spread } from "../report/percentiles.ts";
import { readHead } from "./response_reader.ts";
import { constantRate } from "./schedule.ts";

export type HttpLoad = {
  /** Loopback ports; the connections are distributed evenly over them. */
  readonly ports: readonly number[];
  readonly host: string;
  readonly path: string;
  /** Sent as POST; GET without one. */
  readonly body?: string;
  readonly connections: number;
  readonly forMs: number;
  /** Ends after this many requests, if that is before `forMs`. */
  readonly total?: number;
  /** Open loop: requests are due at this rate and wait for a free connection. Else: closed loop. */
  readonly perSecond?: number;
  /** Open loop: how long after `forMs` due requests are still sent; 15 s by default. */
  readonly graceMs?: number;
  /** Open loop: latency counts from the send, for rates that no client can reach. */
  readonly fromSending?: boolean;
};

export type HttpOutcome = {
  readonly sent: number;
  readonly elapsedMs: number;
  /** By status; 0 is a broken connection. */
  readonly statuses: Readonly<Record<string, number>>;
  readonly accepted: Spread;
  readonly refused: Spread;
  readonly refusedWithoutRetryAfter: number;
  /** Responses by second of the run. */
  readonly acceptedEachSecond: readonly number[];
  readonly refusedEachSecond: readonly number[];
  /** Open loop: the longest that a request waited for a free connection. */
  readonly lateMs: number;
  readonly clientMicros: number;
};

export async function httpLoad(load: HttpLoad): Promise<HttpOutcome> {
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const endMs = begun + load.forMs;
  const total = load.total ?? Infinity;
  const accepted: number[] = [];
  const refused: number[] = [];
  const acceptedEachSecond: number[] = [];
  const refusedEachSecond: number[] = [];
  const statuses: Record<string, number> = {};
  let [sent, refusedWithoutRetryAfter, lateMs] = [0, 0, 0];
  const schedule =
    load.perSecond === undefined
      ? undefined
      : constantRate({ perSecond: load.perSecond, forMs: load.forMs });
  const idle: Connection[] = [];
  const request = requestOf(load);

  function answered(status: number, hasRetryAfter: boolean, sinceMs: number): void {
    const now = performance.now();
    const second = Math.floor((now - begun) / 1000);
    statuses[status] = (statuses[status] ?? 0) + 1;
    const isAccepted = status >= 200 && status < 300;
    (isAccepted ? accepted : refused).push(now - sinceMs);
    const eachSecond = isAccepted ? acceptedEachSecond : refusedEachSecond;
    eachSecond[second] = (eachSecond[second] ?? 0) + 1;
    if ((status === 429 || status === 503) && !hasRetryAfter) refusedWithoutRetryAfter += 1;
  }

  /** Sends due requests on the free connections. */
  function sendDue(): void {
    const now = performance.now();
    if (schedule === undefined) {
      for (let free = idle.at(-1); free && sent < total && now < endMs; free = idle.at(-1)) {
        idle.pop();
        sent += 1;
        free.send(now);
      }
      return;
    }
    const due = schedule.dueCount(now - begun);
    for (let free = idle.at(-1); free && sent < due; free = idle.at(-1)) {
      idle.pop();
      const dueMs = begun + schedule.dueMs(sent);
      lateMs = Math.max(lateMs, now - dueMs);
      sent += 1;
      free.send(load.fromSending ? now : dueMs);
    }
  }

  const opened = await Promise.all(
    Array.from({ length: load.connections }, (_, index) =>
      openConnection({
        port: load.ports[index % load.ports.length] ?? 0,
        request,
        onAnswer: answered,
        onFree(connection) {
          idle.push(connection);
          sendDue();
        },
      }),
    ),
  );
  const isOver = () =>
    schedule === undefined
      ? performance.now() >= endMs || sent >= total
      : sent >= schedule.total || performance.now() >= endMs + (load.graceMs ?? 15_000);
  while (!isOver()) {
    sendDue();
    await Bun.sleep(1);
  }
  const giveUpMs = performance.now() + 15_000;
  const answers = () => accepted.length + refused.length;
  while (answers() < sent && performance.now() < giveUpMs) await Bun.sleep(5);
  const elapsedMs = performance.now() - begun;
  for (const connection of opened) connection.close();
  const { user, system } = process.cpuUsage(cpu);
  return {
    sent,
    elapsedMs,
    statuses,
    accepted: spreadOf(accepted),
    refused: spreadOf(refused),
    refusedWithoutRetryAfter,
    acceptedEachSecond: Array.from(acceptedEachSecond, (count) => count ?? 0),
    refusedEachSecond: Array.from(refusedEachSecond, (count) => count ?? 0),
    lateMs,
    clientMicros: user + system,
  };
}

function requestOf({ path, host, body }: HttpLoad): Buffer {
  const head = [`${body === undefined ? "GET" : "POST"} ${path} HTTP/1.1`, `Host: ${host}`];
  if (body !== undefined)
    head.push("Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body ?? ""}`);
}

type Connection = {
  /** @param sinceMs when its latency begins, by performance.now() */
  send(sinceMs: number): void;
  close(): void;
};

/** A connection with at most one open request. It reconnects; a break counts as status 0. */
async function openConnection(options: {
  readonly port: number;
  readonly request: Buffer;
  readonly onAnswer: (status: number, hasRetryAfter: boolean, sinceMs: number) => void;
  readonly onFree: (connection: Connection) => void;
}): Promise<Connection> {
  const { port, request, onAnswer, onFree } = options;
  let since: number | undefined;
  let head: { status: number; hasRetryAfter: boolean; bytes: number } | undefined;
  let [got, begin, isClosed] = [0, "", false];
  let socket: Bun.Socket | undefined;

  function ends(status: number, hasRetryAfter: boolean): void {
    if (since !== undefined) onAnswer(status, hasRetryAfter, since);
    [since, head, got, begin] = [undefined, undefined, 0, ""];
  }

  const connection: Connection = {
    send(sinceMs) {
      since = sinceMs;
      socket?.write(request);
    },
    close() {
      isClosed = true;
      socket?.end();
    },
  };

  async function open(): Promise<void> {
    socket = await Bun.connect({
      hostname: "127.0.0.1",
      port,
      socket: {
        data(_socket, bytes) {
          got += bytes.length;
          if (head === undefined) {
            begin += bytes.toString("latin1");
            head = readHead(begin);
          }
          if (head === undefined || got < head.bytes) return;
          ends(head.status, head.hasRetryAfter);
          onFree(connection);
        },
        close() {
          if (isClosed) return;
          ends(0, false);
          void again();
        },
        error() {},
      },
    });
  }
  async function again(): Promise<void> {
    try {
      await open();
      onFree(connection);
    } catch {
      if (isClosed) return;
      await Bun.sleep(50);
      void again();
    }
  }
  await again();
  return connection;
}
