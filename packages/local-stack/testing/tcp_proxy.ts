import { createServer, connect, type AddressInfo, type Socket } from "node:net";

/** The response to lose: to the next request that `isRequest` matches, until `isWhole` is true. */
export type LostAnswer = {
  readonly isRequest: (bytes: Buffer) => boolean;
  readonly isWhole: (answer: Buffer) => boolean;
};

export type TcpProxy = {
  readonly port: number;
  /** Once: the server gets the request and responds, then the connection is cut. Then resolves. */
  loseAnswer(lost: LostAnswer): Promise<void>;
  /** Cuts each connection whose client sends a match, before the server gets it. */
  bar(isRequest: ((bytes: Buffer) => boolean) | undefined): void;
  /**
   * Silences the open connections, or the newest, without closing them, like a server that loses
   * its power. New connections work.
   */
  freeze(which?: "all" | "newest"): void;
  /** Cuts all connections and refuses new ones, like a stopped server, until `up`. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
};

/** A TCP proxy between a client and a server; a test can break its connections. */
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

/** The response to the statement with `text` in its parameters; when complete, it is committed. */
export function postgresAnswer(text: string): LostAnswer {
  const readyForQuery = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
  return {
    isRequest: (bytes) => bytes.includes(text),
    isWhole: (answer) => answer.subarray(-6).equals(readyForQuery),
  };
}

/** The response to the next produce request (API key 0, after four bytes of size). */
export const produceAnswer: LostAnswer = {
  isRequest: (bytes) => bytes.length > 12 && bytes.readInt16BE(4) === 0,
  isWhole: (answer) => answer.length > 0,
};
