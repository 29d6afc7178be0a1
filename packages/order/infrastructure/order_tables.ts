import type { OrderItem, OrderStatus, PaymentSnapshot } from "@payflow/shared";
import type { OutboxTable } from "@payflow/outbox";

export type OrderRow = {
  id: string;
  version: number;
  status: OrderStatus;
  session_id: string | null;
  order_name: string;
  amount_krw: number;
  currency: "KRW";
  items: readonly OrderItem[];
  customer_name: string;
  customer_email: string;
  refunded_amount_krw: number;
  payment: PaymentSnapshot | null;
  created_at: string;
  confirmed_at: string | null;
  expires_at: string;
  changed_at: string;
};

export type ProductRow = {
  id: string;
  name: string;
  description: string | null;
  unit_price_krw: number;
  position: number;
  active: boolean;
};

export type IdempotencyKeyRow = {
  scope: string;
  key: string;
  request_hash: string;
  aggregate_id: string;
  created_at: string;
};

export type OrphanedPaymentRow = {
  order_id: string;
  payment: PaymentSnapshot;
  found_at: string;
};

export type OrderTables = {
  orphaned_payments: OrphanedPaymentRow;
  orders: OrderRow;
  products: ProductRow;
  idempotency_keys: IdempotencyKeyRow;
  outbox: OutboxTable;
};
