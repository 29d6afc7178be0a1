import { expect, test } from "bun:test";
import { maskedBody } from "./masked_body.ts";

test("a webhook's body shows its payment, and masks the payer, accounts and secrets", () => {
  const body = {
    eventType: "PAYMENT_STATUS_CHANGED",
    data: {
      paymentKey: "tgen_1",
      orderId: "order-1",
      status: "DONE",
      totalAmount: 1_000,
      secret: "ps_secret",
      useEscrow: false,
      card: { number: "4330****123*", ownerType: "개인" },
      virtualAccount: { customerName: "김민수", accountNumber: "X6505", bankCode: "20" },
      cancels: [{ cancelReason: '"김민수" 님 \\', cancelAmount: 400 }],
      notes: ["010-1234-5678", 1012345678],
    },
  };
  expect(JSON.parse(maskedBody(JSON.stringify(body)))).toEqual({
    eventType: "PAYMENT_STATUS_CHANGED",
    data: {
      paymentKey: "tgen_1",
      orderId: "order-1",
      status: "DONE",
      totalAmount: 1_000,
      secret: "***",
      useEscrow: false,
      card: { number: "***", ownerType: "***" },
      virtualAccount: { customerName: "***", accountNumber: "***", bankCode: "20" },
      cancels: [{ cancelReason: "***", cancelAmount: 400 }],
      notes: ["***", "***"],
    },
  });
});

test("a body that was cut off, or is not JSON, shows nothing else", () => {
  const cut = '{"status":"DONE","virtualAccount":{"customerName":"김민';
  expect(maskedBody(cut)).toBe('{"status":"DONE","virtualAccount":{"customerName":"***"');
  expect(maskedBody('{"customerName":"김\\')).toBe('{"customerName":"***"');
  expect(maskedBody("name=Kim&phone=1")).toBe("*** (16 characters)");
  for (const odd of ['{Kim: 1, "a b":"x", "김민수": 1}', '["Kim", Kim]', '{"a":"x" "Kim" "b"}'])
    expect(maskedBody(odd)).not.toMatch(/Kim|김민수|a b|x"/);
});
