import { shareOf } from "@payflow/shared";
import {
  readRefundAccount,
  type RefundAccountFault,
  refundAccountFaults,
  type RefundAccountForm,
} from "../refund_account_form.ts";
import type { AdminOrder } from "./contract.ts";
import { reasonMax } from "./fragments/forms.tsx";

/** A rejected form of an order's page, with its typed values. */
export type SentForm = {
  readonly form:
    "refund" | "account" | "cancel" | "dismiss" | "erase" | "query" | "grant" | "decline";
  /** The message for the refusal; undefined when only fields are invalid. */
  readonly refused?: string | undefined;
  readonly reason?: string | undefined;
  readonly isReasonFaulty?: boolean;
  readonly part?: string | undefined;
  readonly isPartFaulty?: boolean;
  readonly isUnclear?: boolean;
  readonly taxFree?: string | undefined;
  readonly isTaxFreeFaulty?: boolean;
  readonly account?: RefundAccountForm | undefined;
  readonly accountFaults?: readonly RefundAccountFault[];
};

/** A refund as typed. */
export type RefundForm = {
  /** The typed amount of a part; undefined for the whole balance. */
  readonly part: string | undefined;
  /** "All" was chosen and an amount typed: the operator must say which one counts. */
  readonly isUnclear: boolean;
  /** The typed tax-free amount of a part; empty for a proportional share. */
  readonly taxFree: string;
  readonly reason: string;
  /** The buyer's account; undefined when the refund goes to the original method. */
  readonly account: RefundAccountForm | undefined;
};

type Body = Record<string, unknown>;

export function readReason(body: Body): string {
  const { reason } = body;
  return typeof reason === "string" ? reason.trim().slice(0, 1_000) : "";
}

export function isReason(reason: string): boolean {
  return reason !== "" && reason.length <= reasonMax;
}

export function readRefund(body: Body, order: AdminOrder): RefundForm {
  const typed = (name: string) =>
    typeof body[name] === "string" ? body[name].trim().slice(0, 30) : "";
  const amount = typed("amount");
  const isPart = body["extent"] === "part" || amount !== "";
  return {
    part: isPart ? amount : undefined,
    isUnclear: isPart && body["extent"] !== "part",
    taxFree: isPart ? typed("taxFree") : "",
    reason: readReason(body),
    account: needsRefundAccount(order) ? readRefundAccount(body) : undefined,
  };
}

/** In won; undefined for an invalid amount. Accepts separators, ₩ and 원. */
export function refundAmount(
  { part }: RefundForm,
  { actions, payment }: AdminOrder,
): number | undefined {
  if (part === undefined) return actions.refundable;
  const least = payment?.refundLimits?.wholeOnly ? Math.max(1, actions.refundable) : 1;
  const amount = wonOf(part) ?? 0;
  return amount >= least && amount <= actions.refundable ? amount : undefined;
}

/** The tax-free part of a refund, as typed or proportional; undefined when the typed amount is impossible. */
export function refundTaxFree(
  { taxFree }: RefundForm,
  amount: number,
  { actions }: AdminOrder,
): number | undefined {
  const { refundable: whole, refundableTaxFree: part } = actions;
  if (taxFree === "") return whole === 0 ? 0 : shareOf(amount, { part, whole });
  const sum = wonOf(taxFree);
  const least = Math.max(0, amount - (whole - part));
  return sum !== undefined && sum >= least && sum <= Math.min(amount, part) ? sum : undefined;
}

function wonOf(typed: string): number | undefined {
  const digits = /^₩?\s*([\d,\s]+)\s*원?$/.exec(typed)?.[1]?.replace(/[,\s]/g, "") ?? "";
  return /^\d{1,12}$/.test(digits) ? Number(digits) : undefined;
}

/** The form with its invalid fields; undefined when all are valid. */
export function refundFaults(form: RefundForm, order: AdminOrder): SentForm | undefined {
  const isReasonFaulty = !isReason(form.reason);
  const amount = refundAmount(form, order);
  const isPartFaulty = form.isUnclear || amount === undefined;
  const isTaxFreeFaulty = amount !== undefined && refundTaxFree(form, amount, order) === undefined;
  const accountFaults = form.account ? refundAccountFaults(form.account) : [];
  const isFaulty = isReasonFaulty || isPartFaulty || isTaxFreeFaulty || accountFaults.length > 0;
  if (!isFaulty) return undefined;
  return { form: "refund", ...form, isReasonFaulty, isPartFaulty, isTaxFreeFaulty, accountFaults };
}

/** Toss refunds a deposit to a virtual account only by bank transfer, and needs the account for that. */
export function needsRefundAccount({ payment }: Pick<AdminOrder, "payment">): boolean {
  return payment?.method === "가상계좌";
}
