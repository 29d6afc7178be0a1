import { expect, test } from "bun:test";
import { UnavailableError } from "@payflow/database";
import { smtpSender, type ComposeMail } from "./smtp_sender.ts";
import { testSmtpServer } from "./testing/mod.ts";

const delivery = { orderId: "an-order", version: 1, position: 0 } as never;

// no server listens on this port
async function sentWith(compose: ComposeMail, url = "smtp://127.0.0.1:9") {
  const options = { url, from: "shop@example.com", host: "example.com" };
  const send = await smtpSender({ ...options, compose });
  return await send(delivery, { at: "", signal: new AbortController().signal });
}

test("a mail that can't be composed is retried later, and its stored error quotes nothing", async () => {
  const thrown = new TypeError("kim@example.com is not iterable");
  expect(await sentWith(() => Promise.reject(thrown))).toEqual({
    status: null,
    response: null,
    error: "its text can't be made",
    unsent: "now",
    thrown,
  });
});

test("rejects without a result while the database is unavailable", async () => {
  const compose = () => Promise.reject(new UnavailableError("database_unavailable"));
  await expect(sentWith(compose)).rejects.toMatchObject({ code: "database_unavailable" });
});

test.each([
  ["as the sender normalizes it", (to: string) => to],
  ["in lower case", (to: string) => to.toLowerCase()],
])("stores no address of a mail server's refusal that quotes it %s", async (_, quoted) => {
  const server = await testSmtpServer();
  server.refuse = (to) => `550 5.1.1 <${quoted(to)}>: unknown user`;
  const mail = { subject: "x", text: "x", html: "x" };
  const to = { name: "Kim", address: "Kim.Toss@Example.COM" };
  const sent = await sentWith(async () => ({ to, ...mail }), server.url);
  await server.stop();
  expect(sent).toMatchObject({ status: 550, refuses: "for_good" });
  expect(sent.error).toContain("unknown user");
  expect(sent.error).not.toMatch(/kim|example/i);
});
