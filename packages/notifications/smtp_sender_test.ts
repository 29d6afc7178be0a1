import { expect, test } from "bun:test";
import { UnavailableError } from "@payflow/database";
import { smtpSender, type ComposeMail } from "./smtp_sender.ts";

const delivery = { orderId: "an-order", version: 1, position: 0 } as never;

async function sentWith(compose: ComposeMail) {
  // no server listens on this port
  const options = { url: "smtp://127.0.0.1:9", from: "shop@example.com", host: "example.com" };
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
