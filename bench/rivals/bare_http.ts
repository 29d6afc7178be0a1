// The cost of Bun's HTTP alone: a server that only parses the body and returns PayFlow's response.
export type BareAnswer = {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
};

export type BareHttp = {
  readonly port: number;
  readonly pid: number;
  stop(): Promise<void>;
};

export async function startBareHttp(answer: BareAnswer): Promise<BareHttp> {
  const child = Bun.spawn(
    [
      process.execPath,
      "--no-orphans",
      `${import.meta.dir}/bare_http_task.ts`,
      JSON.stringify(answer),
    ],
    { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, NODE_NO_WARNINGS: "1" } },
  );
  let text = "";
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk);
    if (text.includes("\n")) break;
  }
  const port = Number(text);
  if (!Number.isInteger(port) || port === 0) throw new Error(`The bare server printed: ${text}`);
  return {
    port,
    pid: child.pid,
    async stop() {
      child.kill();
      await child.exited;
    },
  };
}

/** PayFlow's response to a request, for the bare server to return. */
export async function answerOf(url: string, init: RequestInit): Promise<BareAnswer> {
  const response = await fetch(url, { ...init, proxy: false } as RequestInit);
  const headers = [...response.headers].filter(([name]) => !/^(date|content-length)$/.test(name));
  return { status: response.status, headers, body: await response.text() };
}
