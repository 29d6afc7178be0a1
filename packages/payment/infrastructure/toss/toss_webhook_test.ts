import { expect, test } from "bun:test";
import { readTossWebhook } from "./toss_webhook.ts";

const readText = (text: string) => readTossWebhook({ text, transmissionId: null });
const read = (body: unknown) => readText(JSON.stringify(body));
const changed = (data: object) =>
  read({ eventType: "PAYMENT_STATUS_CHANGED", data: { orderId: "o", paymentKey: "p", ...data } });

test("readTossWebhook() reads whether a payment is shown as paid, of both kinds of webhook", () => {
  expect(changed({ status: "DONE" })).toMatchObject({ paymentKey: "p", showsPaid: true });
  expect(changed({ status: "WAITING_FOR_DEPOSIT" })?.showsPaid).toBe(false);
  expect(read({ orderId: "o", secret: "s", status: "DONE" })).toMatchObject({
    eventType: "DEPOSIT_CALLBACK",
    orderId: "o",
    paymentKey: null,
    showsPaid: true,
  });
  expect(read({ orderId: "o", secret: "s", status: "WAITING_FOR_DEPOSIT" })?.showsPaid).toBe(false);
});

test("readTossWebhook() reads the newest cancel that is done", () => {
  const cancel = (transactionKey: string, cancelStatus: string) => ({
    transactionKey,
    cancelStatus,
  });
  const cancels = [cancel("1", "DONE"), cancel("2", "DONE"), cancel("3", "IN_PROGRESS")];
  expect(changed({ status: "PARTIAL_CANCELED", cancels })?.cancelKey).toBe("2");
  expect(changed({ status: "DONE", cancels: [] })?.cancelKey).toBe(null);
});

test("readTossWebhook() takes a webhook whose status and cancels can't be read", () => {
  expect(changed({ status: 1, cancels: "none" })).toMatchObject({
    cancelKey: null,
    showsPaid: false,
  });
});

test("readTossWebhook() refuses other bodies", () => {
  for (const body of [null, [], "text", {}, { orderId: 1 }]) expect(read(body)).toBeUndefined();
  expect(readText("{")).toBeUndefined();
  expect(readText('{"orderId":"\\u0000"}')).toBeUndefined();
});
