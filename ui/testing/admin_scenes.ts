import { AppError } from "@payflow/shared";
import { addSampleOrders } from "./fake_admin.ts";
import type { PageScene } from "./page_scene.ts";
import { sampleMails } from "./sample_mails.ts";
import { sampleRefundRequest } from "./sample_order.ts";
import { allWell, everyAttention, sampleAdminOrder } from "./sample_admin.ts";

const orders = (query: string) => (ui: Parameters<PageScene["prepare"]>[0]) => {
  addSampleOrders(ui.admin);
  return `/admin/orders${query}`;
};

const order =
  (change: Parameters<typeof sampleAdminOrder>[1] = {}, query = "") =>
  (ui: Parameters<PageScene["prepare"]>[0]) =>
    `/admin/orders/${ui.admin.add(sampleAdminOrder(1, change)).orderId}${query}`;

const deposit = { method: "가상계좌", approvedAt: "2026-11-27T04:00:00.000Z" } as const;

const open = (name: string, path: string, more: Partial<PageScene> = {}): PageScene => ({
  name,
  operator: "admin",
  prepare: () => path,
  ...more,
});

/** Sign-in, attention, and orders. */
export const orderScenes: readonly PageScene[] = [
  { name: "admin_sign_in", prepare: () => "/admin/orders" },
  { name: "admin_sign_in_ended", prepare: () => "/admin/sign-in?why=ended" },
  {
    name: "admin_sign_in_wrong",
    prepare: () => "/admin/sign-in",
    async act(page) {
      await page.locator("[name=key]").fill("pf_nothing");
      await page.locator("main button").click();
      await page.locator(".field-error").waitFor();
    },
  },
  { name: "admin_all_clear", operator: "operate", prepare: () => "/admin" },
  {
    name: "admin_attention",
    operator: "operate",
    prepare(ui) {
      ui.admin.attention = everyAttention;
      return "/admin?done=queriedOpen";
    },
  },
  {
    name: "admin_payment_away",
    operator: "read",
    prepare(ui) {
      const parts = allWell.parts.map((part) =>
        part.part === "payment" ? { ...part, state: "down" as const } : part,
      );
      ui.admin.attention = { ...everyAttention, items: everyAttention.items.slice(0, 2), parts };
      return "/admin?refused=payment_unavailable";
    },
  },
  {
    name: "admin_payment_away_nothing_listed",
    operator: "operate",
    prepare(ui) {
      const parts = allWell.parts.map((part) =>
        part.part === "payment" ? { ...part, state: "degraded" as const } : part,
      );
      ui.admin.attention = { ...allWell, parts };
      return "/admin";
    },
  },
  { name: "admin_orders", operator: "read", prepare: orders("") },
  {
    name: "admin_orders_filtered",
    operator: "admin",
    prepare: orders("?status=CONFIRMED&method=카드&from=2026-11-01&to=2026-11-27&q=kim"),
  },
  { name: "admin_orders_none", operator: "admin", prepare: orders("?q=nobody@example.com") },
  { name: "admin_orders_empty", operator: "admin", prepare: () => "/admin/orders" },
  { name: "admin_orders_wrong", operator: "admin", prepare: orders("?from=yesterday") },
  {
    name: "admin_orders_second_page",
    operator: "admin",
    prepare(ui) {
      ui.admin.pageSize = 5;
      return orders("?after=5")(ui);
    },
  },
  { name: "admin_order_paid", operator: "admin", prepare: order({}, "?done=queriedChanged") },
  {
    name: "admin_order_of_integrator",
    operator: "admin",
    prepare: order({
      merchantReference: "cart/2026-11-27/0042",
      metadata: {
        warehouse: "김포",
        campaign: "black-friday-2026-a-rather-long-text-without-spaces",
      },
    }),
  },
  { name: "admin_order_read_only", operator: "read", prepare: order() },
  {
    name: "admin_order_open",
    operator: "operate",
    prepare: order({
      status: "PENDING",
      confirmedAt: null,
      payment: { status: "IN_PROGRESS", approvedAt: null, balanceAmount: 0, receiptUrl: null },
      money: { ledger: [], openEnds: everyAttention.items.slice(0, 1) },
      actions: { canRefund: false, canErase: false },
    }),
  },
  {
    name: "admin_order_account_needed",
    operator: "operate",
    prepare: order({
      status: "EXPIRED",
      confirmedAt: null,
      payment: { ...deposit, status: "EXPIRED", refunding: true, refundAccountNeeded: true },
      actions: { canRefund: false, needsRefundAccount: true },
    }),
    async act(page) {
      await page.locator("#account summary").click();
      await page.locator("#account button").click();
      await page.locator("#account .field-error").first().waitFor();
    },
  },
  {
    name: "admin_order_refund_requested",
    operator: "operate",
    prepare: order({ refundRequest: sampleRefundRequest() }),
    async act(page) {
      await page.locator("#request summary").first().click();
      await page.locator("#grant-amount").fill("50,000");
      await page.locator("#request button").first().click();
      await page.locator(".field-error").waitFor();
    },
  },
  {
    name: "admin_order_payment_away",
    operator: "operate",
    prepare: order({ money: undefined, actions: { canRefund: false, canQueryToss: false } }),
  },
  {
    name: "admin_order_unpaid",
    operator: "admin",
    prepare: order(
      {
        status: "PENDING",
        confirmedAt: null,
        payment: null,
        money: { ledger: [], webhooks: [], paymentKeys: [] },
        actions: { canRefund: false, canCancel: true },
        expiresAt: "2026-11-27T05:30:00.000Z",
      },
      "?show=link",
    ),
    async act(page) {
      await page.getByText(/^(주문 취소|Cancel order)$/).click();
    },
  },
  {
    name: "admin_refund_form_errors",
    operator: "operate",
    prepare: order({ payment: deposit }),
    async act(page) {
      await page.locator("#refund summary").click();
      await page.locator("#refund [value=part]").check();
      await page.locator("#refund-amount").fill("50,000");
      await page.locator("#refund button").click();
      await page.locator(".field-error").first().waitFor();
    },
  },
  {
    name: "admin_refund_preview",
    operator: "operate",
    prepare: order(),
    async act(page) {
      await page.locator("#refund summary").click();
      await page.locator("#refund [value=part]").check();
      await page.locator("#refund-amount").fill("9,000");
      await page.locator("#refund-reason").fill("스위치 한 개 불량");
      await page.locator("#refund button").click();
      await page.locator(".preview").waitFor();
    },
  },
  {
    name: "admin_refund_tax_free",
    operator: "operate",
    prepare: order({
      taxFreeAmount: 12_000,
      actions: { refundable: 39_000, refundableTaxFree: 12_000 },
    }),
    async act(page) {
      await page.locator("#refund summary").click();
      await page.locator("#refund [value=part]").check();
      await page.locator("#refund-amount").fill("20,000");
      await page.locator("#refund-tax-free").fill("13,000");
      await page.locator("#refund-reason").fill("책 품절");
      await page.locator("#refund button").click();
      await page.locator("#refund .field-error").first().waitFor();
    },
  },
  {
    name: "admin_refund_whole_only",
    operator: "operate",
    prepare: order({
      payment: {
        method: "계좌이체",
        refundLimits: { wholeOnly: true, until: "2027-05-26T15:00:00.000Z" },
        cashReceipt: {
          type: "소득공제",
          status: "IN_PROGRESS",
          url: "https://dashboard.tosspayments.com/receipt/redirection?transactionId=x",
        },
        isEscrow: true,
      },
    }),
    async act(page) {
      await page.locator("#refund summary").click();
      await page.locator("#refund-reason").waitFor();
    },
  },
  {
    name: "admin_refund_refused",
    operator: "operate",
    prepare(ui) {
      ui.admin.refusal = new AppError("conflict", "payment_not_refundable", "Refused", {
        extensions: { providerMessage: "취소 불가능한 결제입니다." },
      });
      return order()(ui);
    },
    async act(page) {
      await page.locator("#refund summary").click();
      await page.locator("#refund-reason").fill("고객 요청");
      await page.locator("#refund button").click();
      await page.locator(".preview .danger").click();
      await page.locator("#refund .notice").waitFor();
    },
  },
  { name: "admin_order_unknown", operator: "read", prepare: () => "/admin/orders/none" },
  { name: "admin_not_found", operator: "read", prepare: () => "/admin/nowhere" },
  {
    name: "admin_unavailable",
    operator: "read",
    prepare(ui) {
      ui.admin.failure = new AppError("unavailable", "database_unavailable", "Away");
      return "/admin/orders";
    },
  },
];

/** Money, events, keys and sessions. */
export const recordScenes: readonly PageScene[] = [
  open("admin_money", "/admin/money?month=2026-11"),
  open("admin_money_empty", "/admin/money?month=2026-12"),
  open("admin_day", "/admin/money/2026-11-26?resolved=2"),
  open("admin_day_refused", "/admin/money/2026-11-26", {
    async act(page) {
      await page.locator("td details summary").first().click();
      await page.locator("td details button").first().click();
      await page.locator(".field-error").waitFor();
    },
  }),
  open("admin_day_never", "/admin/money/2026-11-27", { operator: "read" }),
  open("admin_events", "/admin/events"),
  open("admin_events_away", "/admin/events", {
    operator: "read",
    prepare(ui) {
      ui.admin.failure = new AppError("unavailable", "kafka_unavailable", "Away");
      return "/admin/events";
    },
  }),
  open("admin_topic", "/admin/events/topics/PaymentConfirmed", {
    async act(page) {
      await page.locator(".record summary").first().click();
    },
  }),
  open("admin_topic_nothing", "/admin/events/topics/OrderCreated?key=none"),
  open("admin_dead_letters", "/admin/events/dead-letters?state=all&replayed=12"),
  open("admin_dead_letters_none", "/admin/events/dead-letters?q=none", { operator: "read" }),
  open("admin_dead_letter", "/admin/events/dead-letters/payment/2", {
    async act(page) {
      await page.locator(".danger").first().click();
      await page.locator(".danger.fill").click();
      await page.locator(".field-error").waitFor();
    },
  }),
  open("admin_webhooks", "/admin/events/webhooks"),
  open("admin_webhook", "/admin/events/webhooks/wh_1", { operator: "read" }),
  open("admin_mails", "/admin/events/mails"),
  open("admin_mails_kept", "/admin/events/mails?state=gave_up", {
    prepare(ui) {
      ui.admin.isSendingMails = false;
      return "/admin/events/mails?state=gave_up";
    },
  }),
  open("admin_mail", `/admin/events/mails/${sampleMails[2]?.id ?? ""}?done=resent`),
  open("admin_endpoints", "/admin/events/endpoints?done=removed"),
  open("admin_endpoints_none", "/admin/events/endpoints", {
    operator: "read",
    prepare(ui) {
      ui.admin.records.endpoints.length = 0;
      return "/admin/events/endpoints";
    },
  }),
  open("admin_endpoint_errors", "/admin/events/endpoints", {
    async act(page) {
      await page.locator(".new-key summary").click();
      await page.locator("#endpoint-url").fill("http://10.0.0.1/hooks");
      await page.locator("[name=OrderConfirmed]").check();
      await page.locator(".new-key button").click();
      await page.locator(".field-error").waitFor();
    },
  }),
  open("admin_endpoint_secret", "/admin/events/endpoints", {
    async act(page) {
      await page.locator(".new-key summary").click();
      await page.locator("#endpoint-url").fill("https://shop.example/hooks");
      await page.locator(".new-key button").click();
      await page.locator("#new-key").waitFor();
    },
  }),
  open("admin_endpoint", "/admin/events/endpoints/e2?resent=128"),
  open("admin_endpoint_off", "/admin/events/endpoints/e3", {
    async act(page) {
      await page.locator(".actions summary").first().click();
    },
  }),
  open("admin_endpoint_read_only", "/admin/events/endpoints/e1?state=waiting", {
    operator: "read",
  }),
  open(
    "admin_delivery",
    "/admin/events/endpoints/e2/019abc7d-4001-7c3e-9a51-b5d2f0a10001?done=resent",
  ),
  open("admin_keys", "/admin/keys?done=revoked"),
  open("admin_keys_read_only", "/admin/keys", { operator: "operate" }),
  open("admin_key_errors", "/admin/keys", {
    async act(page) {
      await page.locator(".new-key summary").click();
      await page.locator("#key-name").fill("kim");
      await page.locator("[name=role][value=read]").check();
      await page.locator(".new-key button").click();
      await page.locator(".field-error").waitFor();
    },
  }),
  open("admin_key_made", "/admin/keys", {
    async act(page) {
      await page.locator(".new-key summary").click();
      await page.locator("#key-name").fill("choi");
      await page.locator("[name=role][value=operate]").check();
      await page.locator(".new-key button").click();
      await page.locator("#new-key").waitFor();
    },
  }),
  open("admin_sessions", "/admin/keys/sessions"),
  open("admin_audit", "/admin/keys/audit"),
];

/** Every page of the console in every state. */
export const adminScenes: readonly PageScene[] = [...orderScenes, ...recordScenes];
