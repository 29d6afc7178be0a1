import { wasRefused, type Replica } from "./replica.ts";

export type Balancer = {
  readonly url: string;
  /** Responds 503 on these paths from now on. */
  bar(paths: readonly string[]): void;
  /** The number of successful calls of a path. */
  passed(path: string): number;
  stop(): Promise<void>;
};

/**
 * A load balancer: passes each call to one replica, to another one when the connection is refused, and responds 502 when
 * the replica dies during the call. A replica that hangs gets no more calls after `isPaused()` is true.
 */
export function startBalancer(
  replicas: () => readonly Pick<Replica, "port" | "isPaused">[],
  choose: (ports: readonly number[]) => number,
): Balancer {
  let barred: readonly string[] = [];
  const counts = new Map<string, number>();

  async function pass(request: Request, body: ArrayBuffer, port: number) {
    const url = new URL(request.url);
    url.port = String(port);
    const { method, headers } = request;
    const answer = await fetch(url, {
      method,
      headers,
      redirect: "manual",
      ...(method === "GET" ? {} : { body }),
      signal: AbortSignal.timeout(50_000),
    });
    const { status, headers: answered } = answer;
    const read = await answer.arrayBuffer();
    if (answer.ok) counts.set(url.pathname, (counts.get(url.pathname) ?? 0) + 1);
    return new Response(read, { status, headers: answered });
  }

  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 60,
    async fetch(request) {
      const body = await request.arrayBuffer();
      if (barred.includes(new URL(request.url).pathname))
        return new Response("Barred by the storm", { status: 503 });
      const all = replicas();
      const awake = all.filter(({ isPaused }) => !isPaused());
      const ports = (awake.length > 0 ? awake : all).map(({ port }) => port);
      const first = choose(ports);
      const others = ports.filter((port) => port !== first);
      for (const port of [first, ...others]) {
        try {
          return await pass(request, body, port);
        } catch (error) {
          if (!wasRefused(error)) break;
        }
      }
      return new Response("The replica died", { status: 502 });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    bar(paths) {
      barred = paths;
    },
    passed: (path) => counts.get(path) ?? 0,
    stop: () => server.stop(true),
  };
}
