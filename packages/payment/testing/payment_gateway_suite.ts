import { describe, expect, test } from "bun:test";
import type { PaymentGateway } from "../application/ports.ts";

/** What a suite runs against: a gateway, one with wrong keys, and, where a buyer can be played, an authenticated payment. */
export type GatewayUnderTest = {
  readonly gateway: PaymentGateway;
  readonly wrongKeys: PaymentGateway;
  /** A payment of ₩1,000 that its buyer has authenticated; undefined where nobody can play the buyer. */
  readonly authenticated?: (
    method: "CARD" | "VIRTUAL_ACCOUNT",
    options?: { readonly declineCode: string },
  ) => Promise<{ paymentKey: string; orderId: string }>;
  /** Pays into the account of a payment. */
  readonly deposit?: (paymentKey: string) => Promise<void>;
};

/**
 * What PayFlow relies on in Toss, the same for the sandbox and for Toss itself. "seen": published answers of Toss show
 * it; "documented": its documents say so, or fix no code and PayFlow only needs the class.
 */
export function paymentGatewaySuite(
  name: string,
  make: () => GatewayUnderTest,
): void {
  const key = () => crypto.randomUUID();
  const unknown = { paymentKey: "tviva20260105142210xxxxx", orderId: key() };

  describe(`${name} as a payment gateway`, () => {
    test("a paymentKey that Toss does not know has no session (seen)", async () => {
      const { gateway } = make();
      const request = { ...unknown, amount: 1000, idempotencyKey: key() };
      expect(await gateway.confirm(request)).toMatchObject({
        kind: "session_gone",
        code: "NOT_FOUND_PAYMENT_SESSION",
      });
    });

    test("a question about it finds nothing (documented)", async () => {
      expect(await make().gateway.find(unknown.paymentKey)).toEqual({
        kind: "missing",
      });
    });

    test("wrong keys are our fault, never the shopper's (seen)", async () => {
      const { wrongKeys } = make();
      const request = { ...unknown, amount: 1000, idempotencyKey: key() };
      expect(await wrongKeys.confirm(request)).toMatchObject({
        kind: "misconfigured",
        code: "UNAUTHORIZED_KEY",
      });
      expect(await wrongKeys.find(unknown.paymentKey)).toMatchObject({
        kind: "unknown",
      });
    });
    if (make().authenticated === undefined) return;

    const pay = async (method: "CARD" | "VIRTUAL_ACCOUNT") => {
      const { gateway, authenticated } = make();
      const payment = await authenticated!(method);
      const request = { ...payment, amount: 1000, idempotencyKey: key() };
      return {
        gateway,
        request,
        answer: await gateway.confirm(request),
        ...payment,
      };
    };

    test("an authenticated payment is approved once, whatever key it is sent under (seen)", async () => {
      const { gateway, request, answer, paymentKey } = await pay("CARD");
      expect(answer).toMatchObject({
        kind: "payment",
        payment: { status: "DONE", totalAmount: 1000, balanceAmount: 1000 },
      });
      expect(await gateway.confirm(request)).toEqual(answer);
      expect(
        await gateway.confirm({ ...request, idempotencyKey: key() }),
      ).toMatchObject({
        kind: "unknown",
        answered: true,
        code: "ALREADY_PROCESSED_PAYMENT",
      });
      expect(await gateway.find(paymentKey)).toEqual(answer as never);
    });

    test("a virtual account waits for its deposit (documented)", async () => {
      const { answer } = await pay("VIRTUAL_ACCOUNT");
      expect(answer).toMatchObject({
        kind: "payment",
        payment: {
          status: "WAITING_FOR_DEPOSIT",
          approvedAt: null,
          virtualAccount: { accountNumber: expect.any(String) },
        },
      });
    });

    test("a waiting account is closed without money having moved (documented)", async () => {
      const { gateway, paymentKey } = await pay("VIRTUAL_ACCOUNT");
      const closing = { paymentKey, reason: "취소", idempotencyKey: key() };
      const closed = await gateway.cancel(closing);
      expect(closed).toMatchObject({
        payment: { status: "CANCELED", approvedAt: null },
      });
      expect(await gateway.find(paymentKey)).toEqual(closed as never);
    });

    test("a deposit is an approval, under the secret that was told before (documented)", async () => {
      const { gateway, answer, paymentKey } = await pay("VIRTUAL_ACCOUNT");
      await make().deposit!(paymentKey);
      const paid = await gateway.find(paymentKey);
      if (answer.kind !== "payment" || paid.kind !== "payment")
        throw new Error(`Toss answered ${answer.kind}, then ${paid.kind}`);
      expect(answer.payment.secret).toMatch(/./);
      expect(paid.payment.secret).toBe(answer.payment.secret);
      expect(paid.payment).toMatchObject({
        ...{ status: "DONE", balanceAmount: 1000 },
        approvedAt: expect.any(String),
      });
    });

    test("a deposit goes back only to an account (documented)", async () => {
      const { gateway, paymentKey } = await pay("VIRTUAL_ACCOUNT");
      await make().deposit!(paymentKey);
      const refund = { paymentKey, reason: "변심" };
      const without = { ...refund, idempotencyKey: key() };
      expect((await gateway.cancel(without)).kind).not.toBe("payment");
      expect(await gateway.find(paymentKey)).toMatchObject({
        payment: { balanceAmount: 1000 },
      });
      const account = {
        ...{ bank: "20", accountNumber: "1002123456789" },
        holderName: "김토스",
      };
      const complete = { ...refund, account, idempotencyKey: key() };
      expect(await gateway.cancel(complete)).toMatchObject({
        payment: { status: "CANCELED", balanceAmount: 0 },
      });
    });

    test("a card that is refused moves no money and says why (documented)", async () => {
      const { gateway, authenticated } = make();
      const declineCode = "REJECT_CARD_PAYMENT";
      const payment = await authenticated!("CARD", { declineCode });
      const request = { ...payment, amount: 1000, idempotencyKey: key() };
      const answer = await gateway.confirm(request);
      expect(answer).toMatchObject({ kind: "declined", code: declineCode });
      expect(await gateway.confirm(request)).toEqual(answer);
      expect(await gateway.find(payment.paymentKey)).toMatchObject({
        payment: { status: "ABORTED", approvedAt: null },
      });
    });

    test("another sum is not approved (documented)", async () => {
      const { gateway, authenticated } = make();
      const payment = await authenticated!("CARD");
      const request = { ...payment, amount: 900, idempotencyKey: key() };
      expect((await gateway.confirm(request)).kind).not.toBe("payment");
      expect(await gateway.find(payment.paymentKey)).toMatchObject({
        payment: { status: "IN_PROGRESS", approvedAt: null },
      });
    });

    test("a refund lowers the balance, only from what Toss must hold, and once per key (seen)", async () => {
      const { gateway, paymentKey } = await pay("CARD");
      const refund = {
        ...{ paymentKey, reason: "변심", amount: 400, refundableAmount: 1000 },
        idempotencyKey: key(),
      };
      const partly = await gateway.cancel(refund);
      expect(partly).toMatchObject({
        payment: { status: "PARTIAL_CANCELED", balanceAmount: 600 },
      });
      expect(await gateway.cancel(refund)).toEqual(partly);
      expect(
        await gateway.cancel({ ...refund, idempotencyKey: key() }),
      ).toMatchObject({
        kind: "moved",
        code: "NOT_MATCHES_REFUNDABLE_AMOUNT",
      });
      const rest = { paymentKey, reason: "변심", idempotencyKey: key() };
      expect(await gateway.cancel(rest)).toMatchObject({
        payment: { balanceAmount: 0 },
      });
      expect(
        await gateway.cancel({ ...rest, idempotencyKey: key() }),
      ).toMatchObject({ kind: "moved", code: "NOT_CANCELABLE_AMOUNT" });
    });

    test("its list shows an approval and a cancel as rows of their own (documented)", async () => {
      const from = new Date(Date.now() - 60_000).toISOString();
      const { gateway, paymentKey } = await pay("CARD");
      await gateway.cancel({
        paymentKey,
        reason: "변심",
        idempotencyKey: key(),
      });
      const to = new Date(Date.now() + 60_000).toISOString();
      const rows = await gateway.listTransactions({ from, to });
      const ours = rows.filter((row) => row.paymentKey === paymentKey);
      expect(ours.map((row) => row.kind)).toEqual(["approval", "cancel"]);
    });
  });
}
