import { Hono } from "hono";
import { createHome } from "./home/create_home.ts";
import { createApi } from "./sandbox_api.ts";
import { createControl } from "./sandbox_control.ts";
import { createRunner } from "./sandbox_operation.ts";
import { createPages } from "./sandbox_pages.tsx";
import { createSandboxState, type TossSandboxConfig } from "./sandbox_state.ts";
import { createWindow } from "./sandbox_window.tsx";

export type TossSandbox = {
  /**
   * Responds like Toss. To drop a connection, it returns a response whose body fails at once;
   * Bun.serve then resets the connection.
   */
  readonly fetch: (request: Request) => Promise<Response>;
  /** Stops timers and sends and closes the database; the state of each sent response is stored. */
  readonly close: () => Promise<void>;
};

/** Bun's request.url is invalid when Host is malformed, or missing as in HTTP/1.0. */
function addressed(request: Request): Request {
  const url = URL.parse(request.url);
  if (url?.protocol === "http:" || url?.protocol === "https:") return request;
  const target = request.url.startsWith("/") ? request.url : "/";
  const origin = "http://sandbox";
  return new Request(URL.parse(origin + target) ?? origin, request);
}

export function createTossSandbox(config: TossSandboxConfig): TossSandbox {
  const state = createSandboxState(config);
  const runner = createRunner(state);
  const app = new Hono();
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.route("/", createControl(state));
  app.route("/", createWindow(state));
  app.route("/", createHome(state));
  app.route("/", createPages(state));
  app.route("/", createApi(state, runner));
  return {
    fetch: async (request) => app.fetch(addressed(request)),
    async close() {
      runner.close();
      await state.close();
    },
  };
}
