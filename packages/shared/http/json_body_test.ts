import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import * as v from "valibot";
import { parseInput, readJson, readQuery, readText } from "./json_body.ts";
import { silentLog } from "./log.ts";
import { errorReporter, problemHandler } from "./problem.ts";

const Input = v.strictObject({ name: v.string(), tags: v.optional(v.array(v.string())) });
const app = new Hono()
  .onError(problemHandler(errorReporter(silentLog)))
  .post("/", async (c) => c.json(await readJson(c, Input, 100)));

async function send(
  body: BodyInit | null,
  headers: Record<string, string> = { "Content-Type": "application/json" },
): Promise<{ status: number; code: string }> {
  const response = await app.request("/", { method: "POST", headers, body });
  const { code } = (await response.json()) as { code: string };
  return { status: response.status, code };
}

describe("readJson()", () => {
  test("reads bodies that follow the schema", async () => {
    const type = "Application/JSON; charset=utf-8";
    const headers = { "Content-Type": type };
    const body = '\ufeff{"name":"김","tags":["a"]}';
    const response = await app.request("/", { method: "POST", headers, body });
    expect(await response.json()).toEqual({ name: "김", tags: ["a"] });
  });

  test("refuses other types and compressed bodies", async () => {
    const refused = { status: 415, code: "unsupported_media_type" };
    for (const type of ["text/plain", "", "application/jsonx", "text/json"])
      expect(await send("{}", { "Content-Type": type })).toEqual(refused);
    const gzip = { "Content-Type": "application/json", "Content-Encoding": "gzip" };
    expect(await send("{}", gzip)).toEqual(refused);
  });

  test("refuses invalid JSON, invalid UTF-8 and a body that breaks off", async () => {
    const refused = { status: 400, code: "malformed_json" };
    for (const body of ["", "{", "{'a':1}", "undefined", "[".repeat(90)])
      expect(await send(body)).toEqual(refused);
    expect(await send(null)).toEqual(refused);
    expect(await send(new Uint8Array([0x22, 0xff, 0x22]))).toEqual(refused);
    const broken = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array([0x7b])),
      pull: (controller) => controller.error(new Error("connection reset")),
    });
    expect(await send(broken)).toEqual(refused);
  });

  test("refuses a body that is no object", async () => {
    const refused = { status: 422, code: "invalid_request" };
    for (const body of ["[]", "null", "1", '"a"']) expect(await send(body)).toEqual(refused);
  });

  test("reads no further than the limit", async () => {
    const refused = { status: 413, code: "body_too_large" };
    expect(await send(JSON.stringify({ name: "x".repeat(100) }))).toEqual(refused);
    let pulled = 0;
    const endless = new ReadableStream({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(60));
      },
    });
    expect(await send(endless)).toEqual(refused);
    expect(pulled).toBeLessThan(10);
  });
});

describe("readText()", () => {
  test("refuses a body that does not end in time, and cancels it", async () => {
    let isCancelled = false;
    const trickle = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array([0x7b])),
      cancel: () => {
        isCancelled = true;
      },
    });
    const request = new Request("http://shop.test", { method: "POST", body: trickle });
    const error = await readText(request, 100, 20).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "malformed_json" });
    expect(error.message).toContain("in time");
    expect(isCancelled).toBe(true);
  });

  test("refuses a slow body with a declared length, too", async () => {
    const trickle = new ReadableStream({
      start: (controller) => controller.enqueue(new Uint8Array([0x7b])),
    });
    const headers = { "Content-Length": "100" };
    const request = new Request("http://shop.test", { method: "POST", body: trickle, headers });
    const error = await readText(request, 100, 20).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: "malformed_json" });
    expect(error.message).toContain("in time");
  });
});

describe("parseInput()", () => {
  test("lists each fault with its path, with our own message if there is one", () => {
    const bad = { tags: ["a", 1], "\ud800": 1 };
    expect(() => parseInput(Input, bad)).toThrow(
      expect.objectContaining({
        code: "invalid_request",
        details: {
          errors: [
            { path: "name", message: "is required" },
            { path: "tags.1", message: expect.stringContaining("string") },
            { path: "\ud800", message: "unknown field" },
          ],
        },
      }),
    );
  });

  test("checks the sizes of lists and records before their elements", () => {
    let parsed = 0;
    const Element = v.custom<number>(() => {
      parsed += 1;
      return false;
    });
    const List = v.pipe(v.array(Element), v.minLength(1), v.maxLength(2, "too many"));
    const facts = v.pipe(v.record(v.string(), Element), v.maxEntries(2, "too many"));
    const Nested = v.strictObject({
      list: v.optional(v.nullable(v.pipe(List, v.description("two")))),
      facts: v.exactOptional(facts),
      rows: v.optional(v.array(v.object({ list: List }))),
    });
    const long = Array.from({ length: 20_000 }, () => 1);
    for (const [path, input] of [
      ["list", { list: long }],
      ["facts", { facts: { ...long } }],
      ["rows.0.list", { rows: [{ list: long }] }],
    ] as const)
      expect(() => parseInput(Nested, input)).toThrow(
        expect.objectContaining({ details: { errors: [{ path, message: "too many" }] } }),
      );
    expect(parsed).toBe(0);
    expect(() => parseInput(Nested, { list: [1], facts: long })).toThrow("too many");
    expect(() => parseInput(Nested, { list: {}, rows: 1 })).toThrow("list: Invalid type");
  });

  test("lists 50 faults at most", () => {
    const tags = Array.from({ length: 1_000 }, () => 1);
    try {
      parseInput(Input, { name: "a", tags });
    } catch (error) {
      const { details } = error as { details: { errors: unknown[] } };
      expect(details.errors).toHaveLength(50);
    }
    expect.assertions(1);
  });
});

test("readQuery() refuses repeated, unknown and empty parameters", async () => {
  const Query = v.strictObject({
    status: v.optional(v.string()),
    limit: v.optional(v.pipe(v.string(), v.regex(/^\d+$/)), "20"),
  });
  const queries = new Hono()
    .onError(problemHandler(errorReporter(silentLog)))
    .get("/", (c) => c.json(readQuery(c, Query)));
  const parsed = async (query: string) => {
    const answer = await (await queries.request(`/?${query}`)).json();
    const { errors, ...read } = answer as {
      errors?: { path: string; message: string }[];
    };
    return errors?.map(({ path, message }) => `${path} ${message}`) ?? read;
  };
  expect(await parsed("")).toEqual({ limit: "20" } as never);
  expect(await parsed("limit=5")).toEqual({ limit: "5" } as never);
  expect(await parsed("limit=5&status=")).toEqual(["status is empty"] as never);
  expect(await parsed("staus=a&limits=")).toEqual([
    "staus unknown parameter",
    "limits unknown parameter",
  ] as never);
  for (const name of ["__proto__", "constructor", "Status", "status%20"])
    expect(await parsed(`${name}=1`)).toBeArray();
  expect(await parsed("limit=1&limit=2")).toEqual(["limit is given twice"] as never);
  expect(await parsed("limit=x")).toBeArray();
});
