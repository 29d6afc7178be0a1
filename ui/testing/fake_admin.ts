import { AppError, type OrderStatus } from "@payflow/shared";
import { getContext } from "hono/context-storage";
import { deleteCookie, setCookie } from "hono/cookie";
import type {
  AdminDeps,
  AdminNotifications,
  AdminOrder,
  AdminOrders,
  AdminSessions,
  Attention,
  Operator,
  OrderFilter,
} from "../mod.ts";
import { sampleMailContent, sampleMails } from "./sample_mails.ts";
import { maskedName } from "./masked_name.ts";
import { endpointFunctions } from "./fake_endpoints.ts";
import { recordFunctions } from "./fake_records.ts";
import { sampleRecords, type SampleRecords } from "./sample_records.ts";
import { adminNow, allWell, sampleAdminOrder } from "./sample_admin.ts";

/** The console's contract in memory; a test can put its records into any state. */
export type FakeAdmin = {
  readonly deps: AdminDeps;
  readonly orders: Map<string, AdminOrder>;
  /** All changes, each as the function's name and its arguments. */
  readonly changes: unknown[][];
  /** Money, events, keys and sessions. */
  readonly records: SampleRecords;
  attention: Attention;
  isSendingMails: boolean;
  /** Thrown by every change. */
  refusal: AppError | undefined;
  /** Thrown by every read. */
  failure: Error | undefined;
  /** Rows per page of a list. */
  pageSize: number;
  queryResult: { readonly isChanged: boolean; readonly isOpen: boolean };
  add(order: AdminOrder): AdminOrder;
  /** The operator of this session cookie. */
  operatorOf(session: string | undefined): Operator | undefined;
};

export const sessionCookie = "console";

const operators: Readonly<Record<string, Operator>> = {
  read: { name: "lee", role: "read", sessionId: "session-read" },
  operate: { name: "park", role: "operate", sessionId: "session-operate" },
  admin: { name: "kim", role: "admin", sessionId: "session-admin" },
};

export function createFakeAdmin(publicUrl = "http://localhost:8080"): FakeAdmin {
  const orders = new Map<string, AdminOrder>();
  const changes: unknown[][] = [];
  const made = new Set<string>();
  const records = sampleRecords();
  /** Records a change. Throws AppError `role_too_weak`, and `refusal` when it is set. */
  const change = (role: Operator["role"], ...what: unknown[]) => {
    const operator = getContext<{ Variables: { operator?: Operator } }>().var.operator;
    const ranks = ["read", "operate", "admin"];
    if (ranks.indexOf(operator?.role ?? "") < ranks.indexOf(role))
      throw new AppError("forbidden", "role_too_weak", `This needs the role ${role}`);
    if (fake.refusal) throw fake.refusal;
    changes.push(what);
  };
  const read = () => {
    if (fake.failure) throw fake.failure;
  };
  const get = (orderId: string) => {
    const order = orders.get(orderId);
    if (!order) throw new AppError("not_found", "order_not_found", `No order "${orderId}"`);
    return order;
  };
  const update = (orderId: string, more: Partial<AdminOrder>) =>
    void orders.set(orderId, { ...get(orderId), ...more });
  const found = (filter: OrderFilter) => {
    if (filter.from !== undefined && !/^\d{4}-\d\d-\d\d$/.test(filter.from))
      throw new AppError("invalid", "invalid_request", "Not a day", {
        errors: [{ path: "from", message: "is no day" }],
      });
    return [...orders.values()]
      .filter((order) => matches(order, filter))
      .sort((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
  };

  const sessions: Pick<AdminSessions, "signIn" | "signOut"> = {
    async signIn(key) {
      if (fake.refusal) throw fake.refusal;
      const operator = operators[key.replace("pf_", "")];
      if (!operator) throw new AppError("unauthorized", "key_not_valid", "No such key");
      setCookie(getContext(), sessionCookie, operator.role, { path: "/admin", httpOnly: true });
      return operator;
    },
    async signOut() {
      deleteCookie(getContext(), sessionCookie, { path: "/admin" });
    },
  };

  const ofOrders: AdminOrders = {
    async listOrders(filter, after) {
      read();
      const all = found(filter);
      const start = Number(after ?? 0);
      const end = start + fake.pageSize;
      const rows = all.slice(start, end).map((order) => ({
        ...order,
        customer: `${maskedName(order.customerName)} k***@***`,
        method: order.payment?.method ?? null,
      }));
      return { rows, next: end < all.length ? String(end) : null };
    },
    async sumOrders(filter) {
      const all = found(filter);
      const sum = (of: "amount" | "refundedAmount") =>
        all.reduce((total, order) => total + order[of], 0);
      const sums = { amount: sum("amount"), refundedAmount: sum("refundedAmount") };
      return { count: all.length, ...sums, isMore: false };
    },
    async *exportOrders(filter, language) {
      read();
      yield language === "ko" ? "\uFEFF주문번호,금액\r\n" : "\uFEFForder,amount\r\n";
      for (const { orderId, amount } of found(filter).reverse()) yield `${orderId},${amount}\r\n`;
    },
    async findOrder(orderId) {
      read();
      return orders.get(orderId);
    },
    async refund({ orderId, key, amount, taxFreeAmount, reason, refundAccount }) {
      if (made.has(key)) return;
      const order = get(orderId);
      const parts = taxFreeAmount === undefined ? [] : [taxFreeAmount];
      change("operate", "refund", orderId, amount, reason, refundAccount, ...parts);
      made.add(key);
      const refundable = order.actions.refundable - (amount ?? order.actions.refundable);
      const status: OrderStatus = refundable === 0 ? "REFUNDED" : "PARTIALLY_REFUNDED";
      const refundedAmount = order.amount - refundable;
      const actions = { ...order.actions, refundable, canRefund: refundable > 0 };
      update(orderId, { status, refundedAmount, actions });
    },
    async grantRefund({ orderId, ...given }) {
      const { refundRequest } = get(orderId);
      change("operate", "grantRefund", orderId, given);
      if (refundRequest)
        update(orderId, { refundRequest: { ...refundRequest, status: "granted" } });
    },
    async declineRefund(orderId, answer) {
      const { refundRequest } = get(orderId);
      change("operate", "declineRefund", orderId, answer);
      if (refundRequest)
        update(orderId, { refundRequest: { ...refundRequest, status: "declined", answer } });
    },
    async cancelOrder(orderId, reason) {
      change("operate", "cancelOrder", orderId, reason);
      update(orderId, {
        status: "CANCELED",
        actions: { ...get(orderId).actions, canCancel: false },
      });
    },
    async dismiss(orderId, reason) {
      change("operate", "dismiss", orderId, reason);
      update(orderId, { actions: { ...get(orderId).actions, canDismiss: false } });
    },
    async provideRefundAccount(given) {
      change("operate", "provideRefundAccount", given);
      const { actions } = get(given.orderId);
      update(given.orderId, { actions: { ...actions, needsRefundAccount: false } });
    },
    async queryToss(orderId) {
      change("operate", "queryToss", orderId);
      return fake.queryResult;
    },
    orderLink: async (orderId) => `${publicUrl}/orders/${orderId}?token=sample-token`,
    async erase(orderId, reason) {
      change("admin", "erase", orderId, reason);
      update(orderId, { customerName: "", customerEmail: "" });
    },
  };

  const ofMails: Pick<AdminNotifications, "listMails" | "findMail" | "resendMail"> = {
    async listMails({ state }) {
      read();
      const rows = sampleMails.filter((mail) => state === undefined || mail.state === state);
      return { rows, next: null, isSending: fake.isSendingMails };
    },
    async findMail(id) {
      const mail = sampleMails.find((one) => one.id === id);
      return mail && { ...mail, to: "kim@example.com", content: sampleMailContent };
    },
    async resendMail(id) {
      change("operate", "resendMail", id);
    },
  };

  const fake: FakeAdmin = {
    isSendingMails: true,
    orders,
    changes,
    records,
    attention: allWell,
    refusal: undefined,
    failure: undefined,
    pageSize: 20,
    queryResult: { isChanged: false, isOpen: false },
    add(order) {
      orders.set(order.orderId, order);
      return order;
    },
    operatorOf: (session) => operators[session ?? ""],
    deps: {
      shopName: "PayFlow 상점",
      publicUrl,
      sandboxUrl: "http://127.0.0.1:9090/",
      now: () => adminNow,
      async readAttention() {
        read();
        return fake.attention;
      },
      ...sessions,
      ...ofOrders,
      ...ofMails,
      ...recordFunctions({ records, change, read }),
      ...endpointFunctions({ records, change, read }),
    },
  };
  return fake;
}

function matches(order: AdminOrder, { q, status, method, from, to }: OrderFilter): boolean {
  const day = new Date(Date.parse(order.createdAt) + 9 * 3_600_000).toISOString().slice(0, 10);
  const sum = q?.replaceAll(/[,원]/g, "");
  const texts = [
    order.orderId,
    order.customerEmail,
    order.customerName,
    ...(order.money?.paymentKeys ?? []),
  ];
  return (
    (q === undefined || texts.some((text) => text.includes(q)) || sum === String(order.amount)) &&
    (status === undefined || order.status === status) &&
    (method === undefined || order.payment?.method === method) &&
    (from === undefined || day >= from) &&
    (to === undefined || day <= to)
  );
}

/** Adds 25 orders of several kinds. */
export function addSampleOrders(admin: FakeAdmin): void {
  const statuses = ["CONFIRMED", "PARTIALLY_REFUNDED", "EXPIRED", "AWAITING_DEPOSIT"] as const;
  const names = ["무각 키캡 세트 외 2건", "프리미엄 개발자 도구", "커밋 스티커 10장"];
  const methods = ["카드", "간편결제", "가상계좌", "카드", "휴대폰", "계좌이체"];
  for (let number = 1; number <= 25; number++) {
    const status = statuses[number % 4] ?? "CONFIRMED";
    const amount = [39_000, 1_000, 4_500, 1_250_000][number % 4] ?? 1_000;
    admin.add(
      sampleAdminOrder(number, {
        status,
        amount,
        refundedAmount: status === "PARTIALLY_REFUNDED" ? 300 : 0,
        orderName: names[number % 3] ?? "",
        createdAt: new Date(Date.parse(adminNow) - number * number * 3_000_000).toISOString(),
        customerName: ["김토스", "이페이", "박"][number % 3] ?? "",
        payment: status === "EXPIRED" ? null : { method: methods[number % 6] ?? null },
      }),
    );
  }
}
