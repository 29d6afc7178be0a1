import { refundRequestKinds, storableTextOf, type RefundRequestKind } from "@payflow/shared";

/** A refund request as typed. */
export type RefundRequestForm = { readonly kind: string; readonly text: string };
export type RefundRequestFault = keyof RefundRequestForm;

/** The API's limit, in characters. */
export const refundTextMax = 500;

/** Joins lines into one: the request is shown as one paragraph. */
export function readRefundRequest(body: Record<string, unknown>): RefundRequestForm {
  const text = (name: RefundRequestFault) => {
    const value = body[name];
    return typeof value === "string" ? value.slice(0, 2_000).replaceAll(/\s+/g, " ").trim() : "";
  };
  return { kind: text("kind"), text: text("text") };
}

export const isRefundRequestKind = (kind: string): kind is RefundRequestKind =>
  refundRequestKinds.some((one) => one === kind);

export function refundRequestFaults({ kind, text }: RefundRequestForm): RefundRequestFault[] {
  const isText = text === "" || storableTextOf(text, refundTextMax) !== undefined;
  return [
    ...(isRefundRequestKind(kind) ? [] : ["kind" as const]),
    ...(isText ? [] : ["text" as const]),
  ];
}
