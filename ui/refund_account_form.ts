import { storableTextOf, type AppError } from "@payflow/shared";
import { bankName } from "./bank_names.ts";

/** The account for the refund of a late deposit, as typed. */
export type RefundAccountForm = {
  readonly bank: string;
  readonly accountNumber: string;
  readonly holderName: string;
};
export const refundAccountFields = ["bank", "accountNumber", "holderName"] as const;
export type RefundAccountFault = (typeof refundAccountFields)[number];

export function readRefundAccount(body: Record<string, unknown>): RefundAccountForm {
  const text = (name: RefundAccountFault) => {
    const value = body[name];
    return typeof value === "string" ? value.slice(0, 200).trim() : "";
  };
  return {
    bank: text("bank"),
    // Banks print account numbers with dashes and spaces, and shoppers copy them so.
    accountNumber: text("accountNumber").replace(/[\s-]/g, ""),
    holderName: text("holderName"),
  };
}

export function refundAccountFaults({
  bank,
  accountNumber,
  holderName,
}: RefundAccountForm): RefundAccountFault[] {
  const right = {
    bank: bankName(bank, "ko") !== undefined,
    accountNumber: /^\d{1,20}$/.test(accountNumber),
    holderName: storableTextOf(holderName, 60) !== undefined,
  };
  return refundAccountFields.filter((field) => !right[field]);
}

/** The fields that the server refused. */
export function refusedFields(refusal: AppError): RefundAccountFault[] {
  const paths = refusal.details.errors?.map(({ path }) => path) ?? [];
  return refundAccountFields.filter((field) => paths.includes(field));
}
