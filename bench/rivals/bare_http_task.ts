import type { BareAnswer } from "./bare_http.ts";

const { status, headers, body } = JSON.parse(process.argv[2] ?? "{}") as BareAnswer;
const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  idleTimeout: 60,
  async fetch(request) {
    await request.json();
    return new Response(body, { status, headers: headers as [string, string][] });
  },
});
console.log(server.port);
