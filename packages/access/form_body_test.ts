import { describe, expect, test } from "bun:test";
import { Hono } from "hono";
import { errorReporter, problemHandler, silentLog } from "@payflow/shared/http";
import { readFormInTime } from "./form_body.ts";

const app = new Hono()
  .use(readFormInTime(20))
  .post("/", async (c) => c.json(await c.req.parseBody()))
  .onError(problemHandler(errorReporter(silentLog)));
const headers = { "Content-Type": "application/x-www-form-urlencoded" };

describe("readFormInTime()", () => {
  test.each([headers["Content-Type"], "multipart/form-data; boundary=x"])(
    "passes a form of %s on unchanged",
    async (type) => {
      const urlencoded = "name=%EA%B9%80&quantity.a=1";
      const part = (name: string, value: string) =>
        `--x\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
      const multipart = `${part("name", "김")}${part("quantity.a", "1")}--x--\r\n`;
      const body = type.startsWith("multipart") ? multipart : urlencoded;
      const init = { method: "POST", headers: { "Content-Type": type }, body };
      const response = await app.request("/", init);
      expect(await response.json()).toEqual({ name: "김", "quantity.a": "1" });
    },
  );

  test.each([headers["Content-Type"], "multipart/form-data; boundary=x", "text/plain"])(
    "rejects a body of %s that does not end in time",
    async (type) => {
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("name=")),
      });
      const response = await app.request("/", {
        method: "POST",
        headers: { "Content-Type": type },
        body,
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: "malformed_json" });
    },
  );
});
