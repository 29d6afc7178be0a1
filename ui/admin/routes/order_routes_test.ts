import { AppError } from "@payflow/shared";
import { expect, test } from "bun:test";
import { browse } from "../../testing/browse.ts";
import { addSampleOrders } from "../../testing/fake_admin.ts";
import { allWell, everyAttention, sampleAdminOrder } from "../../testing/sample_admin.ts";
import type { PartHealth } from "../contract.ts";

const operate = { operator: "operate" } as const;

function withOrder(change: Parameters<typeof sampleAdminOrder>[1] = {}) {
  const ui = browse();
  const { orderId } = ui.admin.add(sampleAdminOrder(1, change));
  return { ui, orderId, path: `/admin/orders/${orderId}` };
}

/** The value of a hidden field. */
const fieldOf = (body: string, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(body)?.[1] ?? "";

test("without items the page says that all is clear only while no part is down or degraded", async () => {
  const ui = browse();
  const clearWith = async (part: PartHealth) => {
    ui.admin.attention = {
      ...allWell,
      parts: allWell.parts.map((one) => (one.part === part.part ? part : one)),
    };
    const { body } = await ui.get("/admin", { operator: "read", language: "en" });
    return body.includes("All clear");
  };
  for (const part of ["order", "payment", "kafka", "toss"] as const) {
    expect(await clearWith({ part, state: "up" })).toBe(true);
    expect(await clearWith({ part, state: "degraded" })).toBe(false);
    expect(await clearWith({ part, state: "down" })).toBe(false);
  }
  expect(await clearWith({ part: "toss", state: "unknown" })).toBe(true);
});

test("the first page lists each kind of item with one action", async () => {
  const ui = browse();
  ui.admin.attention = everyAttention;
  const { body } = await ui.get("/admin", operate);
  expect(body.match(/class="panel item"/g)).toHaveLength(everyAttention.items.length);
  expect(body).toContain("토스에 지금 조회");
  expect(body).toContain('href="/admin/money/2026-11-26"');
  expect(body).toContain("/admin/orders?q=tviva20261127abcd");
  const count = everyAttention.items.length;
  expect(body).toContain(`확인할 항목 ${count}건`);
});

test("a query of Toss from the first page returns to it with the result", async () => {
  const { ui, orderId, path } = withOrder();
  ui.admin.queryResult = { isChanged: true, isOpen: false };
  const { status, headers } = await ui.post(`${path}/query`, { back: "attention" }, operate);
  expect([status, headers.get("location")]).toEqual([303, "/admin?done=queriedChanged"]);
  expect(ui.admin.changes).toEqual([["queryToss", orderId]]);
  ui.admin.refusal = new AppError("unavailable", "payment_unavailable", "Away");
  const refused = await ui.post(`${path}/query`, { back: "attention" }, operate);
  const { body } = await ui.get(refused.headers.get("location") ?? "", operate);
  expect(body).toContain("결제 서비스가 응답하지 않습니다.");
});

test("the list keeps its filter in chips, in the pages' links and in the export", async () => {
  const ui = browse();
  addSampleOrders(ui.admin);
  ui.admin.pageSize = 2;
  const { body } = await ui.get("/admin/orders?q=kim&status=CONFIRMED&bogus=1", operate);
  expect(body).toContain('href="/admin/orders.csv?q=kim&amp;status=CONFIRMED"');
  expect(body).toContain('href="/admin/orders?q=kim&amp;status=CONFIRMED&amp;after=2"');
  expect(body).toContain("method=%EC%B9%B4%EB%93%9C");
  const second = await ui.get("/admin/orders?q=kim&status=CONFIRMED&after=4&past=2", operate);
  expect(second.body).toContain(
    'rel="prev" href="/admin/orders?q=kim&amp;status=CONFIRMED&amp;after=2"',
  );
});

test("the export streams the selection as a file, with its byte order mark", async () => {
  const { ui, orderId } = withOrder();
  const { headers, body } = await ui.get("/admin/orders.csv?q=kim", operate);
  expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect(headers.get("content-disposition")).toBe('attachment; filename="orders-2026-11-27.csv"');
  expect(body).toContain(`${orderId},39000\r\n`);
});

test("an invalid filter shows a message beside it", async () => {
  const { status, body } = await browse().get("/admin/orders?from=yesterday", operate);
  expect(status).toBe(422);
  expect(body).toContain("시작일을 확인해 주세요.");
});

test("a refused payout is marked as resolved only with a reason", async () => {
  const { ui, orderId, path } = withOrder({ actions: { canDismiss: true } });
  expect((await ui.get(path, operate)).body).toContain(`action="${path}/dismiss"`);
  expect((await ui.get(path, { operator: "read" })).body).not.toContain(`${path}/dismiss`);
  expect((await ui.post(`${path}/dismiss`, { reason: " " }, operate)).status).toBe(422);
  const { status, headers } = await ui.post(`${path}/dismiss`, { reason: "직접 송금" }, operate);
  expect([status, headers.get("location")]).toEqual([303, `${path}?done=dismissed`]);
  expect(ui.admin.changes).toEqual([["dismiss", orderId, "직접 송금"]]);
  const { body } = await ui.get(`${path}?done=dismissed`, operate);
  expect(body).toContain("해결된 것으로 처리했습니다.");
  expect(body).not.toContain(`action="${path}/dismiss"`);
});

test("a refund is previewed, then made once even when its button is pressed twice", async () => {
  const { ui, orderId, path } = withOrder();
  const typed = { extent: "part", amount: "9,000원", reason: "불량" };
  const preview = await ui.post(`${path}/refund`, typed, operate);
  expect(preview.body).toContain("30,000원");
  expect(ui.admin.changes).toEqual([]);
  const [key, sum] = [fieldOf(preview.body, "key"), fieldOf(preview.body, "sum")];
  expect(sum).toBe("9000");
  for (const _ of [1, 2]) {
    const { status, headers } = await ui.post(
      `${path}/refund/confirm`,
      { ...typed, key, sum },
      operate,
    );
    expect([status, headers.get("location")]).toEqual([303, `${path}?done=refunded`]);
  }
  expect(ui.admin.changes).toEqual([["refund", orderId, 9_000, "불량", undefined]]);
});

test.each([
  ["0", "불량"],
  ["39,001", "불량"],
  ["a lot", "불량"],
  ["9000", " "],
])(
  "a refund of %p for %p is rejected without a preview, and the typed values stay",
  async (amount, reason) => {
    const { ui, path } = withOrder();
    const { status, body } = await ui.post(
      `${path}/refund`,
      { extent: "part", amount, reason },
      operate,
    );
    expect(status).toBe(422);
    expect(body).toContain(`value="${amount}"`);
    expect(body).toContain("field-error");
  },
);

test("a payment that can only be refunded in full shows its deadline and rejects a part", async () => {
  const refundLimits = { wholeOnly: true, until: "2026-11-30T15:00:00.000Z" };
  const { ui, path } = withOrder({ payment: { method: "휴대폰", refundLimits } });
  const { body } = await ui.get(path, operate);
  expect(body).toContain("2026년 11월 30일까지 전액만 환불할 수 있습니다.");
  expect(body).toMatch(/<fieldset class="extent"[^>]* hidden/);
  const typed = { extent: "part", amount: "9,000", reason: "불량" };
  expect((await ui.post(`${path}/refund`, typed, operate)).status).toBe(422);
  const whole = await ui.post(`${path}/refund`, { extent: "all", reason: "불량" }, operate);
  expect(fieldOf(whole.body, "sum")).toBe("39000");
});

const books = {
  taxFreeAmount: 12_000,
  actions: { refundable: 39_000, refundableTaxFree: 12_000 },
};

test("a refund of tax-free goods uses the typed or the proportional tax-free amount, as previewed", async () => {
  const { ui, orderId, path } = withOrder(books);
  const typed = { extent: "part", amount: "6,500", reason: "불량" };
  const share = await ui.post(`${path}/refund`, typed, operate);
  expect(share.body).toContain("−2,000원");
  const named = await ui.post(`${path}/refund`, { ...typed, taxFree: "6,500원" }, operate);
  const sent = { ...typed, key: fieldOf(named.body, "key"), sum: "6500", taxFreeSum: "6500" };
  expect(fieldOf(named.body, "taxFreeSum")).toBe("6500");
  await ui.post(`${path}/refund/confirm`, sent, operate);
  expect(ui.admin.changes).toEqual([["refund", orderId, 6_500, "불량", undefined, 6_500]]);
  for (const taxFree of ["6501", "12,001", "much"]) {
    const { status, body } = await ui.post(`${path}/refund`, { ...typed, taxFree }, operate);
    expect([status, body.includes("남은 12,000원을 넘을 수 없고")]).toEqual([422, true]);
  }
});

test("tax-free amounts are hidden for an order without them, and shown when Toss's differ", async () => {
  const plain = withOrder();
  expect((await plain.ui.get(plain.path, operate)).body).not.toContain("면세");
  const differing = withOrder({ taxFreeAmount: 12_000 });
  const { body } = await differing.ui.get(differing.path, operate);
  expect(body).toContain("면세 금액이 다릅니다: 주문은 12,000원, 토스는 0원입니다.");
});

test("“all” together with an amount is rejected as unclear", async () => {
  const { ui, path } = withOrder();
  const typed = { extent: "all", amount: "9000", reason: "불량" };
  const { status, body } = await ui.post(`${path}/refund`, typed, operate);
  expect([status, body.includes("전액이면 금액을 지우고")]).toEqual([422, true]);
  expect(body).toContain('value="part" checked');
});

test("a deposit can be refunded only to a named account", async () => {
  const { ui, orderId, path } = withOrder({ payment: { method: "가상계좌" } });
  const typed = { extent: "all", reason: "반품", bank: "88", accountNumber: "110-123" };
  const missing = await ui.post(`${path}/refund`, typed, operate);
  expect(missing.body).toContain("예금주 이름을 입력해 주세요.");
  const named = { ...typed, holderName: "김토스" };
  const preview = await ui.post(`${path}/refund`, named, operate);
  expect(preview.body).toContain("신한은행 110123 (김토스)");
  await ui.post(`${path}/refund/confirm`, { ...named, key: "k", sum: "39000" }, operate);
  const account = { bank: "88", accountNumber: "110123", holderName: "김토스" };
  expect(ui.admin.changes).toEqual([["refund", orderId, 39_000, "반품", account]]);
});

test("a refused refund shows the reason beside its form, with the typed values", async () => {
  const { ui, path } = withOrder();
  ui.admin.refusal = new AppError("conflict", "payment_not_refundable", "No", {
    extensions: { providerMessage: "취소 불가능한 결제입니다." },
  });
  const typed = { extent: "part", amount: "100", reason: "반품", key: "k", sum: "100" };
  const { status, body } = await ui.post(`${path}/refund/confirm`, typed, operate);
  expect(status).toBe(409);
  expect(body).toContain("토스: 취소 불가능한 결제입니다.");
  expect(body).toContain('value="반품"');
});

test("cancelling and erasing need a reason and run with one submit each", async () => {
  const { ui, orderId, path } = withOrder({ status: "PENDING", actions: { canCancel: true } });
  const bare = await ui.post(`${path}/cancel`, { reason: "" }, operate);
  expect([bare.status, ui.admin.changes.length]).toEqual([422, 0]);
  const done = await ui.post(`${path}/cancel`, { reason: "품절" }, operate);
  expect(done.headers.get("location")).toBe(`${path}?done=canceled`);
  await ui.post(`${path}/erase`, { reason: "요청" }, { operator: "admin" });
  expect(ui.admin.changes).toEqual([
    ["cancelOrder", orderId, "품절"],
    ["erase", orderId, "요청"],
  ]);
});

test("the role read sees no action, and each action responds 403", async () => {
  const { ui, path } = withOrder({ actions: { canCancel: true, needsRefundAccount: true } });
  const read = { operator: "read" } as const;
  const { body } = await ui.get(path, read);
  const actions = /<section class="panel actions"[^]*?<\/section>/.exec(body)?.[0] ?? "";
  expect(actions).toContain("조회 권한으로는 바꿀 수 없습니다.");
  expect(actions).not.toMatch(/<form|<button/);
  const account = { bank: "88", accountNumber: "110123", holderName: "김토스", reason: "x" };
  for (const action of ["query", "refund", "refund/confirm", "account", "cancel", "erase"]) {
    const { status } = await ui.post(`${path}/${action}`, account, read);
    expect([action, status]).toEqual([action, 403]);
  }
  expect(ui.admin.changes).toEqual([]);
});

test("a ledger row with whole seconds comes after the request of the same second", async () => {
  const { ui, path } = withOrder();
  const { body } = await ui.get(path, operate);
  const titles = [...body.matchAll(/<p class="what"><b>([^<]*)</g)].map(([, title]) => title);
  expect(titles.indexOf("원장에 기록: 결제")).toBeGreaterThan(
    titles.indexOf("토스의 승인 응답을 기록했습니다"),
  );
});

test("the link for the shopper is shown on demand to the role operate, and not to read", async () => {
  const { ui, path } = withOrder();
  expect((await ui.get(path, operate)).body).not.toContain("sample-token");
  const { body } = await ui.get(`${path}?show=link`, operate);
  expect(body).toContain("?token=sample-token");
  const read = { operator: "read" } as const;
  expect((await ui.get(path, read)).body).not.toContain("show=link");
  expect((await ui.get(`${path}?show=link`, read)).body).not.toContain("sample-token");
});

test("a page without rows offers the next page while the search is not at its end", async () => {
  const ui = browse();
  ui.admin.pageSize = 0;
  addSampleOrders(ui.admin);
  const { body } = await ui.get("/admin/orders?q=kim", operate);
  expect(body).toContain("여기까지는 조건에 맞는 주문이 없습니다.");
  expect(body).toContain('rel="next"');
});

test("the role operate cannot erase: no form, and 403", async () => {
  const { ui, path } = withOrder();
  const { body } = await ui.get(path, operate);
  expect(body).toContain("&#39;관리&#39; 권한이 있는 키로 로그인해야 할 수 있습니다.");
  expect((await ui.post(`${path}/erase`, { reason: "x" }, operate)).status).toBe(403);
});

test("names, reasons and records are escaped", async () => {
  const evil = '"><script>alert(1)</script>';
  const { ui, path } = withOrder({
    orderName: evil,
    customerName: evil,
    customerEmail: evil,
    items: [{ productId: "x", name: evil, unitPrice: 1, quantity: 1 }],
    history: [
      {
        at: "2026-11-27T04:00:00.000Z",
        part: "order",
        version: 1,
        status: evil,
        cause: evil,
        detail: { note: evil },
        events: [],
        actor: `key:${evil}`,
        reason: evil,
      },
    ],
  });
  const { body } = await ui.get(path, operate);
  expect(body).not.toContain("<script>alert");
  const search = await ui.get(`/admin/orders?q=${encodeURIComponent(evil)}`, operate);
  expect(search.body).not.toContain("<script>alert");
  ui.admin.attention = {
    ...everyAttention,
    items: [{ ...everyAttention.items[0]!, detail: evil }],
  };
  expect((await ui.get("/admin", operate)).body).not.toContain("<script>alert");
});

test("while payment is unavailable the page shows the order's own records and says so", async () => {
  const { ui, path } = withOrder({ money: undefined });
  const { status, body } = await ui.get(path, operate);
  expect(status).toBe(200);
  expect(body).toContain("결제 서비스가 응답하지 않습니다.");
  expect(body).toContain("주문이 들어왔습니다");
});

test("unknown pages respond 404, and an unavailable database 503", async () => {
  const ui = browse();
  expect((await ui.get("/admin/orders/none", operate)).status).toBe(404);
  expect((await ui.get("/admin/nowhere", operate)).status).toBe(404);
  ui.admin.failure = new AppError("unavailable", "database_unavailable", "Away");
  expect((await ui.get("/admin/orders", operate)).status).toBe(503);
});
