import type { PaymentFailure, PaymentStatus } from "@payflow/shared";
import type { Attempt, CloseReason, Kept } from "../domain/payment.ts";
import type { Refund } from "../domain/refund.ts";

export type PaymentRow = {
  id: string;
  version: number;
  status: PaymentStatus;
  order_name: string;
  amount_krw: number;
  currency: "KRW";
  attempts: readonly Attempt[];
  payment_keys: readonly string[];
  kept: Kept | null;
  closing: CloseReason | null;
  failure: PaymentFailure | null;
  refunds: readonly Refund[];
  expires_at: string;
  created_at: string;
  changed_at: string;
  next_at: string | null;
  claimed_until: string | null;
  looks: number;
  looked_at: string | null;
};

/** Of the other tables nothing is read by Kysely's builder. */
export type PaymentTables = {
  payments: PaymentRow;
  webhooks: { id: string };
};
