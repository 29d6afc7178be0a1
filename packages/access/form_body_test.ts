import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { problemHandler, silentLog } from "@payflow/shared/http";
import { readFormInTime } from "./form_body.ts";

const app = new Hono()
  .use(readFormInTime(20))
  .post("/", async (c) => c.json(await c.req.parseBody()))
  .onError(problemHandler(silentLog));
const headers = { "Content-Type": "application/x-www-form-urlencoded" };

describe("readFormInTime()", () => {
  test("passes a form on unchanged", async () => {
    const body = "name=%EA%B9%80&quantity.a=1";
    const response = await app.request("/", { method: "POST", headers, body });
    expect(await response.json()).toEqual({ name: "김", "quantity.a": "1" });
  });

  test("rejects a form that does not end in time", async () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("name=")),
    });
    const response = await app.request("/", { method: "POST", headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "malformed_json" });
  });
});
