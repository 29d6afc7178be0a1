import { createServer, connect, type AddressInfo, type Socket } from "node:net";

/** Which answer gets lost: that to the next request that `isRequest` knows, up to where `isWhole` sees its end. */
export type LostAnswer = {
  readonly isRequest: (bytes: Buffer) => boolean;
  readonly isWhole: (answer: Buffer) => boolean;
};

export type TcpProxy = {
  readonly port: number;
  /** Once: the server gets the request and answers, the client sees its connection die. Resolves when that has happened. */
  loseAnswer(lost: LostAnswer): Promise<void>;
  /** From now on a connection whose client sends what matches is cut before the server sees it; undefined: none is. */
  bar(isRequest: ((bytes: Buffer) => boolean) | undefined): void;
  /**
   * Connections that are open now, or the newest of them, fall silent without closing, as when a server loses its
   * power. New ones work.
   */
  freeze(which?: "all" | "newest"): void;
  /** Cuts all connections and refuses new ones, as when the server is down, until it is `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
};

/** A wire between a client and a server that a test can break at a chosen moment. */
export async function tcpProxy(
  target: { readonly host: string; readonly port: number },
  { toClient = (bytes: Buffer) => bytes } = {},
): Promise<TcpProxy> {
  const frozen = new Set<Socket>();
  const open = new Set<Socket>();
  let isBarred: ((bytes: Buffer) => boolean) | undefined;
  let armed: (LostAnswer & { readonly done: () => void }) | undefined;

  const server = createServer((client) => {
    const upstream = connect(target.port, target.host);
    open.add(client);
    let losing: typeof armed;
    let answer = Buffer.alloc(0);
    const cut = () => {
      open.delete(client);
      client.destroy();
      upstream.destroy();
    };
    client.on("data", (bytes: Buffer) => {
      if (frozen.has(client)) return;
      if (isBarred?.(bytes)) {
        cut();
        return;
      }
      if (armed?.isRequest(bytes)) {
        losing = armed;
        armed = undefined;
      }
      upstream.write(bytes);
    });
    upstream.on("data", (sent: Buffer) => {
      if (frozen.has(client)) return;
      const bytes = toClient(sent);
      if (losing === undefined) {
        client.write(bytes);
        return;
      }
      answer = Buffer.concat([answer, bytes]);
      if (!losing.isWhole(answer)) return;
      cut();
      losing.done();
    });
    for (const socket of [client, upstream]) {
      socket.on("error", cut);
      socket.on("close", () => frozen.has(client) || cut());
    }
  });
  const listen = (port: number) =>
    new Promise<void>((listening) => server.listen(port, "127.0.0.1", listening));
  const end = async () => {
    const closed = new Promise((done) => server.close(done));
    for (const client of open) client.destroy();
    await closed;
  };
  await listen(0);
  const { port } = server.address() as AddressInfo;
  return {
    port,
    loseAnswer: (lost) =>
      new Promise((done) => {
        armed = { ...lost, done };
      }),
    bar(isRequest) {
      isBarred = isRequest;
    },
    freeze(which = "all") {
      const clients = [...open];
      for (const client of which === "all" ? clients : clients.slice(-1)) frozen.add(client);
    },
    down: end,
    up: () => listen(port),
    close: end,
  };
}

/** The answer to the statement whose parameters hold `text`; PostgreSQL has committed when its answer is whole. */
export function postgresAnswer(text: string): LostAnswer {
  const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
  return {
    isRequest: (bytes) => bytes.includes(text),
    isWhole: (answer) => answer.subarray(-6).equals(readyForQuery),
  };
}

/** The answer to the next produce request (api key 0, after four bytes of size). */
export const produceAnswer: LostAnswer = {
  isRequest: (bytes) => bytes.length > 12 && bytes.readInt16BE(4) === 0,
  isWhole: (answer) => answer.length > 0,
};
