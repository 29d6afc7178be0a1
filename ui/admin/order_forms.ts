import {
  readRefundAccount,
  type RefundAccountFault,
  refundAccountFaults,
  type RefundAccountForm,
} from "../refund_account_form.ts";
import type { AdminOrder } from "./contract.ts";
import { reasonMax } from "./fragments/forms.tsx";

/** A form of an order's page that was sent and refused, with what was typed into it. */
export type SentForm = {
  readonly form: "refund" | "account" | "cancel" | "erase" | "query" | "grant" | "decline";
  /** The refusal as a sentence; undefined when only fields are faulty. */
  readonly refused?: string | undefined;
  readonly reason?: string | undefined;
  readonly isReasonFaulty?: boolean;
  readonly part?: string | undefined;
  readonly isPartFaulty?: boolean;
  readonly isUnclear?: boolean;
  readonly account?: RefundAccountForm | undefined;
  readonly accountFaults?: readonly RefundAccountFault[];
};

/** A refund as it was typed. */
export type RefundForm = {
  /** What was typed for a part; undefined for all of it. */
  readonly part: string | undefined;
  /** All was chosen, and a sum typed all the same: which of them is meant has to be said. */
  readonly isUnclear: boolean;
  readonly reason: string;
  /** Of the buyer; undefined where money goes back the way it came. */
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
  const amount = typeof body["amount"] === "string" ? body["amount"].trim().slice(0, 30) : "";
  const isPart = body["extent"] === "part" || amount !== "";
  return {
    part: isPart ? amount : undefined,
    isUnclear: isPart && body["extent"] !== "part",
    reason: readReason(body),
    account: goesByAccount(order) ? readRefundAccount(body) : undefined,
  };
}

/** In won; undefined when it is no sum that can be refunded. People type separators and 원. */
export function refundAmount({ part }: RefundForm, { actions }: AdminOrder): number | undefined {
  if (part === undefined) return actions.refundable;
  const digits = /^₩?\s*([\d,\s]+)\s*원?$/.exec(part)?.[1]?.replace(/[,\s]/g, "") ?? "";
  const amount = /^\d{1,12}$/.test(digits) ? Number(digits) : 0;
  return amount >= 1 && amount <= actions.refundable ? amount : undefined;
}

/** The form with its faults; undefined when there are none. */
export function refundFaults(form: RefundForm, order: AdminOrder): SentForm | undefined {
  const isReasonFaulty = !isReason(form.reason);
  const isPartFaulty = form.isUnclear || refundAmount(form, order) === undefined;
  const accountFaults = form.account ? refundAccountFaults(form.account) : [];
  if (!isReasonFaulty && !isPartFaulty && accountFaults.length === 0) return undefined;
  return { form: "refund", ...form, isReasonFaulty, isPartFaulty, accountFaults };
}

/** A deposit can go back to an account only, which Toss has to be given. */
export function goesByAccount({ payment }: Pick<AdminOrder, "payment">): boolean {
  return payment?.method === "가상계좌";
}
