// The Payment object of API version 2022-11-16, with its keys in the order of real Toss responses.

import type { Cancel, Payment } from "./sandbox_payment.ts";
import { isPartialCancelable } from "./sandbox_payment.ts";
import type { Language } from "./toss_codes.ts";
import { merchantId } from "./toss_ids.ts";
import { methodWord, walletName } from "./toss_methods.ts";
import { koreanSeconds } from "./toss_time.ts";

export type View = {
  /** The sandbox's origin, without a trailing slash. */
  readonly publicUrl: string;
  readonly language: Language;
  /** In ms; a virtual account past its due time shows as expired. */
  readonly now: number;
};

export function paymentJson(payment: Payment, view: View): Record<string, unknown> {
  const { language } = view;
  const authenticated = payment.authenticatedAt !== null && payment.status !== "EXPIRED";
  const method = payment.wallet === null ? payment.method : "EASY_PAY";
  const taxed = payment.balanceAmount - payment.taxFreeAmount - payment.taxExemptionAmount;
  const vat = Math.round(taxed / 11);
  return {
    mId: merchantId,
    lastTransactionKey: payment.lastTransactionKey,
    paymentKey: payment.paymentKey,
    orderId: payment.orderId,
    orderName: payment.orderName,
    taxExemptionAmount: payment.taxExemptionAmount,
    status: payment.status,
    requestedAt: koreanSeconds(payment.requestedAt),
    approvedAt: payment.approvedAt === null ? null : koreanSeconds(payment.approvedAt),
    useEscrow: payment.status === "EXPIRED" ? null : payment.useEscrow,
    cultureExpense: payment.cultureExpense,
    ...methodJson(payment, view),
    cashReceipt: cashReceiptJson(payment, view),
    cashReceipts: cashReceiptsJson(payment, view),
    discount: null,
    cancels:
      payment.cancels.length === 0
        ? null
        : payment.cancels.map((cancel) => cancelJson(cancel, payment)),
    secret: payment.secret,
    type: "NORMAL",
    easyPay: easyPayJson(payment, language),
    country: "KR",
    failure: payment.failure,
    isPartialCancelable: isPartialCancelable(payment),
    receipt: payment.approvedAt === null ? null : { url: receiptUrl(payment, view) },
    checkout: {
      url: `${view.publicUrl}/v1/payments/${payment.paymentKey}/checkout`,
    },
    currency: payment.currency,
    totalAmount: payment.totalAmount,
    balanceAmount: payment.balanceAmount,
    suppliedAmount: taxed - vat,
    vat,
    taxFreeAmount: payment.taxFreeAmount,
    method: authenticated ? methodWord(method, language) : null,
    version: "2022-11-16",
    metadata: payment.metadata,
  };
}

export function receiptUrl(payment: Payment, view: Pick<View, "publicUrl">): string {
  return `${view.publicUrl}/receipt/redirection?transactionId=${payment.paymentKey}&ref=PX`;
}

/** At most one object is set: virtualAccount from its issue on, the others from approval on. */
function methodJson(payment: Payment, view: View): Record<string, unknown> {
  const filled = {
    card: null as unknown,
    virtualAccount: null as unknown,
    transfer: null as unknown,
    mobilePhone: null as unknown,
    giftCertificate: null as unknown,
  };
  if (payment.virtualAccount !== null) filled.virtualAccount = accountJson(payment, view);
  if (payment.approvedAt === null) return filled;
  switch (payment.method) {
    case "CARD":
      filled.card = cardJson(payment, view.language);
      break;
    case "TRANSFER":
      filled.transfer = { bankCode: payment.bankCode, settlementStatus: "INCOMPLETED" };
      break;
    case "MOBILE_PHONE":
      filled.mobilePhone = {
        customerMobilePhone: payment.customerMobilePhone ?? "01012341234",
        settlementStatus: "INCOMPLETED",
        receiptUrl: receiptUrl(payment, view),
      };
      break;
    case "CULTURE_GIFT_CERTIFICATE":
    case "BOOK_GIFT_CERTIFICATE":
    case "GAME_GIFT_CERTIFICATE":
      filled.giftCertificate = { approveNo: "00000000", settlementStatus: "INCOMPLETED" };
      break;
    case "VIRTUAL_ACCOUNT":
    case "FOREIGN_EASY_PAY":
      break;
    default:
      payment.method satisfies never;
  }
  return filled;
}

function cardJson(payment: Payment, language: Language): Record<string, unknown> {
  return {
    issuerCode: payment.cardIssuer,
    acquirerCode: payment.cardIssuer,
    number: "43301234****123*",
    installmentPlanMonths: payment.installmentMonths,
    isInterestFree: false,
    interestPayer: null,
    approveNo: "00000000",
    useCardPoint: false,
    cardType: language === "ko" ? "신용" : "Credit",
    ownerType: language === "ko" ? "개인" : "Personal",
    acquireStatus: payment.status === "CANCELED" ? "CANCELED" : "READY",
    amount: payment.totalAmount,
  };
}

function accountJson(payment: Payment, view: View): Record<string, unknown> | null {
  const account = payment.virtualAccount;
  if (account === null) return null;
  return {
    accountType: view.language === "ko" ? "일반" : "Normal",
    accountNumber: account.accountNumber,
    bankCode: account.bankCode,
    customerName: payment.customerName ?? "",
    depositorName: account.depositorName,
    dueDate: koreanSeconds(account.dueAt),
    refundStatus: account.refundStatus,
    expired: payment.status === "WAITING_FOR_DEPOSIT" && view.now > account.dueAt,
    settlementStatus: "INCOMPLETED",
    refundReceiveAccount: null,
  };
}

/** The amount is 0 when a card pays through the wallet. PayPal has no card, so it has the total. */
function easyPayJson(payment: Payment, language: Language): Record<string, unknown> | null {
  if (payment.wallet === null || payment.approvedAt === null) return null;
  return {
    provider: walletName(payment.wallet, language) ?? payment.wallet,
    amount: payment.method === "CARD" ? 0 : payment.totalAmount,
    discountAmount: 0,
  };
}

/** True once the payment is approved, when the shop or the buyer requested a cash receipt. */
function isReceipted({ cashReceipt, approvedAt }: Payment): boolean {
  return cashReceipt !== undefined && approvedAt !== null;
}

const issueNumberOf = (key: string) => key.replaceAll(/\D/g, "").slice(-9).padStart(9, "0");

function cashReceiptJson(payment: Payment, view: View): Record<string, unknown> | null {
  if (!isReceipted(payment)) return null;
  return {
    type: payment.cashReceipt,
    receiptKey: `cr_${payment.paymentKey}`,
    issueNumber: issueNumberOf(payment.paymentKey),
    receiptUrl: `${receiptUrl(payment, view)}&type=cash`,
    amount: payment.balanceAmount,
    taxFreeAmount: payment.taxFreeAmount,
  };
}

/** One CONFIRM row for the approval and one CANCEL row for each refund. */
function cashReceiptsJson(payment: Payment, view: View): Record<string, unknown>[] | null {
  const { approvedAt } = payment;
  if (!isReceipted(payment) || approvedAt === null) return null;
  const free = payment.cancels.reduce((sum, one) => sum + one.taxFreeAmount, payment.taxFreeAmount);
  const row = (key: string, at: number, sums: { amount: number; taxFreeAmount: number }) => ({
    receiptKey: `cr_${key}`,
    orderId: payment.orderId,
    orderName: payment.orderName,
    type: payment.cashReceipt,
    issueNumber: issueNumberOf(key),
    receiptUrl: `${receiptUrl(payment, view)}&type=cash`,
    businessNumber: "0000000000",
    transactionType: key === payment.paymentKey ? "CONFIRM" : "CANCEL",
    ...sums,
    // the real tax office takes one to two days; the sandbox takes 24 hours
    issueStatus: view.now - at < 24 * 3_600_000 ? "IN_PROGRESS" : "COMPLETED",
    failure: null,
    customerIdentityNumber: "010****1234",
    requestedAt: koreanSeconds(at),
  });
  return [
    row(payment.paymentKey, approvedAt, { amount: payment.totalAmount, taxFreeAmount: free }),
    ...payment.cancels.map((cancel) =>
      row(cancel.transactionKey, cancel.canceledAt, {
        amount: cancel.cancelAmount,
        taxFreeAmount: cancel.taxFreeAmount,
      }),
    ),
  ];
}

function cancelJson(cancel: Cancel, payment: Payment): Record<string, unknown> {
  return {
    transactionKey: cancel.transactionKey,
    cancelReason: cancel.cancelReason,
    taxExemptionAmount: cancel.taxExemptionAmount,
    canceledAt: koreanSeconds(cancel.canceledAt),
    cardDiscountAmount: 0,
    transferDiscountAmount: 0,
    easyPayDiscountAmount: 0,
    receiptKey: isReceipted(payment) ? `cr_${cancel.transactionKey}` : null,
    cancelStatus: "DONE",
    cancelRequestId: null,
    cancelAmount: cancel.cancelAmount,
    taxFreeAmount: cancel.taxFreeAmount,
    refundableAmount: cancel.refundableAmount,
  };
}
