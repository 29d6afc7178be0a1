import { expect, test } from "bun:test";
import { openTestSandbox } from "./sandbox_fixture.ts";

// The order in published responses.
const keys =
  "mId lastTransactionKey paymentKey orderId orderName taxExemptionAmount status requestedAt " +
  "approvedAt useEscrow cultureExpense card virtualAccount transfer mobilePhone giftCertificate " +
  "cashReceipt cashReceipts discount cancels secret type easyPay country failure " +
  "isPartialCancelable receipt checkout currency totalAmount balanceAmount suppliedAmount vat " +
  "taxFreeAmount method version metadata";

test("the Payment object has Toss's keys in Toss's order in READY, IN_PROGRESS and DONE", async () => {
  await using toss = openTestSandbox();
  const orders = [await toss.open(), await toss.authenticated(), await toss.paid()];
  for (const order of orders) {
    expect(Object.keys((await toss.get(order)).json).join(" ")).toBe(keys);
  }
});

test("a card payment's card object has its keys in Toss's order", async () => {
  await using toss = openTestSandbox();
  const card = { cardCompany: "SAMSUNG", cardInstallmentPlan: 3 };
  const { json } = await toss.get(await toss.paid({ card }));
  expect(Object.keys(json["card"]).join(" ")).toBe(
    "issuerCode acquirerCode number installmentPlanMonths isInterestFree interestPayer " +
      "approveNo useCardPoint cardType ownerType acquireStatus amount",
  );
  expect(json["card"]).toMatchObject({
    issuerCode: "51",
    installmentPlanMonths: 3,
    approveNo: "00000000",
  });
});

test("VAT is one eleventh of the taxed amount, rounded", async () => {
  await using toss = openTestSandbox();
  const amount = { currency: "KRW", value: 9_026 };
  const { json } = await toss.get(await toss.paid({ amount }));
  expect([json["suppliedAmount"], json["vat"]]).toEqual([8_205, 821]);
});

test("each method fills only its own object", async () => {
  await using toss = openTestSandbox();
  const objects = ["card", "virtualAccount", "transfer", "mobilePhone", "giftCertificate"];
  const shown = [];
  for (const method of [
    "CARD",
    "VIRTUAL_ACCOUNT",
    "TRANSFER",
    "MOBILE_PHONE",
    "CULTURE_GIFT_CERTIFICATE",
  ]) {
    const { json } = await toss.get(await toss.paid({ method }));
    const filled = objects.filter((name) => json[name] !== null).join();
    shown.push(`${json["method"]} ${filled} ${json["isPartialCancelable"]}`);
  }
  expect(shown).toEqual([
    "카드 card true",
    "가상계좌 virtualAccount true",
    "계좌이체 transfer true",
    "휴대폰 mobilePhone false",
    "문화상품권 giftCertificate false",
  ]);
});

test("a card payment through a wallet shows 간편결제 with easyPay.amount 0", async () => {
  await using toss = openTestSandbox();
  const card = { flowMode: "DIRECT", easyPay: "TOSSPAY" };
  const { json } = await toss.get(await toss.paid({ card }));
  expect(json).toMatchObject({
    method: "간편결제",
    card: { amount: 50_000 },
    easyPay: { provider: "토스페이", amount: 0, discountAmount: 0 },
  });
});

test("metadata is returned unchanged", async () => {
  await using toss = openTestSandbox();
  const metadata = { cart: "a1" };
  const { json } = await toss.get(await toss.open({ metadata }));
  expect(json["metadata"]).toEqual(metadata);
});
