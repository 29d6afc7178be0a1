import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import * as v from "valibot";
import { AppError } from "../app_error.ts";
import { silentLog } from "./log.ts";
import { errorReporter, problemHandler } from "./problem.ts";
import { json, mount, reply, routesOf, type CallerRule } from "./route.ts";

type Env = { Variables: Record<string, never> };
type Deps = { readonly greeting: string; readonly read: string[] };

const guest: CallerRule<Env> = {
  name: "guest",
  security: [],
  refusals: ["key_required"],
  admit(c) {
    if (c.req.header("X-Key") !== "guest")
      throw new AppError("unauthorized", "key_required", "This needs a key");
  },
};
const route = routesOf<Env, Deps>();
const base = { tag: "tests", summary: "", caller: guest, refusals: [] } as const;
const Greeting = v.strictObject({ text: v.string() });
const answers = { 200: { description: "Greeting", schema: Greeting } };

const routes = [
  route({
    ...base,
    method: "GET",
    path: "/things/:id",
    name: "getThing",
    params: {
      id: {
        schema: v.pipe(v.string(), v.regex(/^\d+$/)),
        refuse: (id: string) =>
          new AppError("not_found", "thing_not_found", `There is no thing "${id}"`),
      },
    },
    query: v.strictObject({ limit: v.optional(v.string(), "20") }),
    answers,
    handle: ({ params, query }, { greeting }) =>
      reply(200, { text: `${greeting} ${params.id} ${query.limit}` }),
  }),
  route({
    ...base,
    method: "POST",
    path: "/things/new",
    name: "makeThing",
    key: "required",
    body: json(v.strictObject({ name: v.string() })),
    answers: { 201: { ...answers[200], headers: ["Location"] } },
    limit: (_, { read }) => void read.push("limit"),
    handle({ key, body }, { read }) {
      read.push("body");
      return reply(201, { text: `${key} ${body.name}` }, { Location: "/things/1" });
    },
  }),
];

function served() {
  const read: string[] = [];
  const app = new Hono<Env>().onError(problemHandler(errorReporter(silentLog)));
  mount(app, routes, { greeting: "hello", read });
  const call = async (path: string, init: RequestInit = {}) => {
    const headers = { "X-Key": "guest", "Content-Type": "application/json", ...init.headers };
    const response = await app.request(path, { ...init, headers });
    const { code, text } = (await response.json()) as { code?: string; text?: string };
    return { status: response.status, result: text ?? code, headers: response.headers };
  };
  return { call, read };
}

const post = (headers: Record<string, string>, body: unknown = { name: "a" }) => ({
  method: "POST",
  headers,
  body: JSON.stringify(body),
});

describe("mount()", () => {
  test("passes the declared inputs to the handler, and sends its reply", async () => {
    const { call } = served();
    expect(await call("/things/7")).toMatchObject({ status: 200, result: "hello 7 20" });
    expect(await call("/things/7?limit=3")).toMatchObject({ status: 200, result: "hello 7 3" });
    const made = await call("/things/new", post({ "Idempotency-Key": "key-1" }));
    expect(made).toMatchObject({ status: 201, result: "key-1 a" });
    const quoted = post({ "Idempotency-Key": '"key-1"' });
    expect(await call("/things/new", quoted)).toMatchObject({ status: 201, result: "key-1 a" });
    expect(made.headers.get("Location")).toBe("/things/1");
    expect(made.headers.get("Content-Type")).toBe("application/json");
  });

  test("refuses parameters, members, segments and keys that the route does not declare", async () => {
    const { call } = served();
    for (const query of ["?limits=3", "?limit=1&limit=2"])
      expect(await call(`/things/7${query}`)).toMatchObject({ status: 422 });
    expect(await call("/things/x")).toMatchObject({ status: 404, result: "thing_not_found" });
    const key = { "Idempotency-Key": "key-1" };
    const invalid = { status: 422, result: "invalid_request" };
    expect(await call("/things/new?limit=3", post(key))).toMatchObject(invalid);
    expect(await call("/things/new", post(key, { name: "a", nam: "b" }))).toMatchObject(invalid);
    for (const wrong of ["a b", '"a b"', '"key-1'])
      expect(await call("/things/new", post({ "Idempotency-Key": wrong }))).toMatchObject(invalid);
    expect(await call("/things/new", post({}))).toMatchObject({
      status: 400,
      result: "idempotency_key_required",
    });
  });

  test("reads nothing for an unauthorized caller, and no body before the limit", async () => {
    const { call, read } = served();
    const withoutKey = { "X-Key": "", "Idempotency-Key": "a b" };
    for (const sent of [post(withoutKey), post(withoutKey, "?")])
      expect(await call("/things/new?x=1", sent)).toMatchObject({ status: 401 });
    expect(read).toEqual([]);
    await call("/things/new", post({ "Idempotency-Key": "key-1" }, "no object"));
    expect(read).toEqual(["limit"]);
  });

  test("refuses unsupported methods of a path, and matches paths without parameters first", async () => {
    const { call } = served();
    const put = await call("/things/7", { method: "PUT" });
    expect(put).toMatchObject({ status: 405, result: "method_not_allowed" });
    expect(put.headers.get("Allow")).toBe("GET, HEAD");
    const get = await call("/things/new");
    expect(get).toMatchObject({ status: 405, result: "method_not_allowed" });
    expect(get.headers.get("Allow")).toBe("POST");
  });
});
