import { createServer, type AddressInfo, type Socket } from "node:net";

export type ReceivedMail = {
  readonly to: string;
  /** Headers and body, unchanged. */
  readonly data: string;
  readonly messageId: string;
};

export type TestSmtpServer = {
  readonly url: string;
  /** Accepted mails in the order of arrival. */
  readonly received: readonly ReceivedMail[];
  /** The recipients of all RCPT TO commands, also rejected ones. */
  readonly recipients: readonly string[];
  /** The response to a recipient; undefined accepts it. */
  refuse: (to: string) => string | undefined;
  /** Stops responding: before the greeting, or after a mail was received. */
  hangs: "greeting" | "data" | undefined;
  stop(): Promise<void>;
};

/** An SMTP server with the part of RFC 5321 that sending needs. */
export async function testSmtpServer(port = 0): Promise<TestSmtpServer> {
  const received: ReceivedMail[] = [];
  const recipients: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => socket.destroy());
    const say = (line: string) => void socket.write(`${line}\r\n`);
    let to = "";
    let isData = false;
    let rest = "";
    if (mine.hangs !== "greeting") say("220 smtp.test ESMTP");
    const command = (line: string) => {
      if (/^(EHLO|HELO)/i.test(line)) return say("250 smtp.test");
      if (/^RCPT TO/i.test(line)) {
        to = /<([^>]*)>/.exec(line)?.[1] ?? "";
        recipients.push(to);
        return say(mine.refuse(to) ?? "250 2.1.5 OK");
      }
      if (/^DATA/i.test(line)) {
        isData = true;
        return say("354 go on");
      }
      say(/^QUIT/i.test(line) ? "221 bye" : "250 OK");
    };
    const take = (data: string) => {
      isData = false;
      // a long header is folded into lines that begin with a space
      const messageId = /^message-id:\s+(<\S+>)/im.exec(data)?.[1] ?? "";
      received.push({ to, data, messageId });
      if (mine.hangs !== "data") say("250 2.0.0 taken");
    };
    socket.on("data", (chunk) => {
      rest += chunk.toString("utf8");
      for (;;) {
        const end = rest.indexOf(isData ? "\r\n.\r\n" : "\r\n");
        if (end < 0) return;
        const text = rest.slice(0, end);
        rest = rest.slice(end + (isData ? 5 : 2));
        if (isData) take(text);
        else command(text);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const mine: TestSmtpServer = {
    url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    recipients,
    refuse: () => undefined,
    hangs: undefined,
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return mine;
}
