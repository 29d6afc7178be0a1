import { AppError } from "@payflow/shared";
import { expect, test } from "bun:test";
import { browse } from "../../testing/browse.ts";

const operate = { operator: "operate" } as const;
const read = { operator: "read" } as const;
const admin = { operator: "admin" } as const;

test("a month shows each day with its reconciliation, its totals and the reasons for declines", async () => {
  const { body } = await browse().get("/admin/money?month=2026-11", read);
  expect(body).toContain("2026년 11월");
  expect(body).toContain('href="/admin/money/2026-11-26"');
  expect(body).toContain("차이 3건");
  expect(body).toContain("8.6% (861건 중 74건)");
  expect(body).toContain('href="/admin/money.csv?month=2026-11"');
  expect(body).toContain('href="/admin/money?month=2026-10"');
  expect(body).toMatch(/<svg[^>]*role="img"[^>]*aria-label="날짜별 결제와 환불/);
  expect((await browse().get("/admin/money?month=tomorrow", read)).body).toContain("2026년 11월");
});

test("a month's export streams its movements as a file", async () => {
  const { headers, body } = await browse().get("/admin/money.csv?month=2026-10", {
    ...read,
    language: "en",
  });
  expect(headers.get("content-disposition")).toBe('attachment; filename="money-2026-10.csv"');
  expect(body).toBe("time\r\n2026-10\r\n");
});

test("a difference is resolved with a reason, and all of a kind with one reason", async () => {
  const ui = browse();
  const path = "/admin/money/2026-11-26";
  const bare = await ui.post(`${path}/resolve`, { exception: "all:missing_here" }, operate);
  expect([bare.status, ui.admin.changes.length]).toEqual([422, 0]);
  const exception = "differs|pk_3|tx_3";
  const one = await ui.post(`${path}/resolve`, { exception, reason: "수수료" }, operate);
  expect(one.headers.get("location")).toBe(`${path}?resolved=1`);
  const typed = { exception: "all:missing_here", reason: "늦은 목록" };
  const all = await ui.post(`${path}/resolve`, typed, operate);
  expect(all.headers.get("location")).toBe(`${path}?resolved=2`);
  expect(ui.admin.changes).toEqual([
    ["resolveException", "pk_3", "수수료"],
    ["resolveExceptions", "missing_here", "늦은 목록"],
  ]);
  expect((await ui.get(path, operate)).body).toContain("토스의 거래 목록과 원장이 일치합니다.");
});

test("a day can be compared again, and a refusal shows its reason", async () => {
  const ui = browse();
  const path = "/admin/money/2026-11-26";
  const { headers } = await ui.post(`${path}/compare`, {}, operate);
  expect(headers.get("location")).toBe(`${path}?done=requested`);
  ui.admin.refusal = new AppError("unavailable", "payment_unavailable", "Away");
  const refused = await ui.post(`${path}/compare`, {}, operate);
  expect([refused.status, refused.body.includes("결제 서비스가 응답하지 않습니다.")]).toEqual([
    409,
    true,
  ]);
});

test("an invalid day responds 404", async () => {
  expect((await browse().get("/admin/money/2026-02-30", read)).status).toBe(404);
});

test("events show the outbox and the lag of each group, and the outbox also while Kafka is unavailable", async () => {
  const ui = browse();
  const { body } = await ui.get("/admin/events", read);
  expect(body).toContain("240");
  expect(body).toContain("1,830");
  expect(body).toContain('href="/admin/events/topics/OrderCreated"');
  ui.admin.failure = new AppError("unavailable", "kafka_unavailable", "Away");
  const away = await ui.get("/admin/events", read);
  expect(away.status).toBe(200);
  expect(away.body).toContain("Kafka에서 토픽을 읽지 못했습니다.");
});

test("a topic's messages are found by an order's number", async () => {
  const ui = browse();
  const key = ui.admin.records.messages[0]?.key ?? "";
  const path = "/admin/events/topics/OrderCreated";
  const count = (body: string) => body.match(/<details class="record"/g)?.length;
  expect(count((await ui.get(path, read)).body)).toBe(3);
  expect(count((await ui.get(`${path}?key=${key}`, read)).body)).toBe(1);
  expect((await ui.get("/admin/events/topics/none", read)).status).toBe(404);
});

test("a dead letter can be shown, replayed, or discarded with a reason", async () => {
  const ui = browse();
  const path = "/admin/events/dead-letters/order/1";
  const { body } = await ui.get(path, operate);
  expect(body).toContain("&quot;amount&quot;: &quot;39000&quot;");
  expect(body).toContain("traceparent");
  const replayed = await ui.post(`${path}/replay`, {}, operate);
  expect(replayed.headers.get("location")).toBe("/admin/events/dead-letters?done=replayed");
  const other = "/admin/events/dead-letters/payment/2";
  expect((await ui.get(other, operate)).body).toContain("서명이 없는 메시지입니다.");
  expect((await ui.post(`${other}/discard`, { reason: "" }, operate)).status).toBe(422);
  await ui.post(`${other}/discard`, { reason: "시험" }, operate);
  expect(ui.admin.changes).toEqual([
    ["replayDeadLetter", "order", "1"],
    ["discardDeadLetter", "payment", "2", "시험"],
  ]);
  expect((await ui.get("/admin/events/dead-letters/other/1", read)).status).toBe(404);
});

test("one form replays all letters of a cause and shows their number", async () => {
  const ui = browse();
  const { body } = await ui.get("/admin/events/dead-letters", operate);
  expect(body).toContain('name="error" value="payment_mismatch"');
  const typed = { part: "order", error: "payment_mismatch" };
  const { headers } = await ui.post("/admin/events/dead-letters/replay-cause", typed, operate);
  const location = headers.get("location") ?? "";
  expect(location).toBe("/admin/events/dead-letters?replayed=1");
  expect((await ui.get(location, operate)).body).toContain("메시지 1건을 다시 넣었습니다.");
  ui.admin.refusal = new AppError("unavailable", "kafka_unavailable", "Away");
  const refused = await ui.post("/admin/events/dead-letters/replay-cause", typed, operate);
  expect(refused.body).toContain("Kafka에 연결할 수 없습니다.");
});

test("a cause with several lines is found although browsers send its line ends as CRLF", async () => {
  const ui = browse();
  const typed = { part: "order", error: "Not a payment event:\r\n× Invalid key" };
  await ui.post("/admin/events/dead-letters/replay-cause", typed, operate);
  expect(ui.admin.changes.at(-1)).toContain("Not a payment event:\n× Invalid key");
});

test("webhooks are filtered by state and order, and each is shown with its body", async () => {
  const ui = browse();
  const rows = (body: string) => body.match(/webhooks\/wh_\d/g);
  expect(rows((await ui.get("/admin/events/webhooks", read)).body)).toHaveLength(3);
  expect(rows((await ui.get("/admin/events/webhooks?state=waiting", read)).body)).toEqual([
    "webhooks/wh_2",
  ]);
  expect((await ui.get("/admin/events/webhooks/wh_1", read)).body).toContain("&quot;DONE&quot;");
  expect((await ui.get("/admin/events/webhooks/none", read)).status).toBe(404);
});

test("a webhook links to its order, unless payment does not know the order", async () => {
  const ui = browse();
  const [known, , unknown] = ui.admin.records.webhooks;
  const orderId = known?.orderId ?? "";
  Object.assign(unknown as object, { orderId });
  for (const [path, links] of [
    ["", 1],
    ["/wh_1", 1],
    ["/wh_3", 0],
  ] as const) {
    const { body } = await ui.get(`/admin/events/webhooks${path}`, read);
    expect(body).toContain(orderId.slice(0, 13));
    expect(body.match(new RegExp(`/admin/orders/${orderId}`, "g")) ?? []).toHaveLength(links);
  }
});

test("only the response to the form shows a new key", async () => {
  const ui = browse();
  const made = await ui.post(
    "/admin/keys",
    { name: "choi", role: "operate", expiresOn: "" },
    admin,
  );
  expect(made.body).toContain("pf_0123456789");
  expect(made.headers.get("cache-control")).toContain("no-store");
  expect((await ui.get("/admin/keys", admin)).body).not.toContain("pf_0123456789");
  expect(ui.admin.changes).toEqual([["createKey", "choi", "operate", undefined]]);
});

test.each([
  [{ name: "", role: "read", expiresOn: "" }, 422, "이름은 1자부터"],
  [{ name: "choi", role: "root", expiresOn: "" }, 422, "권한을 골라 주세요."],
  [{ name: "choi", role: "read", expiresOn: "2026-02-30" }, 422, "만료일을 확인해 주세요."],
  [{ name: "kim", role: "read", expiresOn: "" }, 409, "그 키를 폐기하고 다시 만들어 주세요."],
])("the key %p is rejected and the typed values stay", async (typed, expected, sentence) => {
  const ui = browse();
  const { status, body } = await ui.post("/admin/keys", typed, admin);
  expect(status).toBe(expected);
  expect(body).toContain(sentence);
  expect(body).toContain(`value="${typed.name}"`);
  expect(ui.admin.changes).toEqual([]);
});

test("keys can be revoked and sessions ended, but not the own session and the settings' key", async () => {
  const ui = browse();
  const keys = (await ui.get("/admin/keys", admin)).body;
  expect([...keys.matchAll(/keys\/(k\d)\/revoke/g)].map(([, id]) => id)).toEqual([
    "k1",
    "k2",
    "k3",
  ]);
  const sessions = (await ui.get("/admin/keys/sessions", admin)).body;
  expect([...sessions.matchAll(/sessions\/([\w-]+)\/end/g)].map(([, id]) => id)).toEqual(["s2"]);
  await ui.post("/admin/keys/k3/revoke", {}, admin);
  const ended = await ui.post("/admin/keys/sessions/s2/end", {}, admin);
  expect(ended.headers.get("location")).toBe("/admin/keys/sessions?done=ended");
  expect(ui.admin.changes).toEqual([
    ["revokeKey", "k3"],
    ["endSession", "s2"],
  ]);
});

test("the audit log shows actor, action and reason", async () => {
  const { body } = await browse().get("/admin/keys/audit", read);
  for (const text of ["키 kim", "메시지 버림", "테스트 메시지", "명령줄 ops"])
    expect(body).toContain(text);
});

test.each([
  ["/admin/money/2026-11-26/compare", "operate"],
  ["/admin/money/2026-11-26/resolve", "operate"],
  ["/admin/events/dead-letters/order/1/replay", "operate"],
  ["/admin/events/dead-letters/order/1/discard", "operate"],
  ["/admin/events/dead-letters/replay-cause", "operate"],
  ["/admin/keys", "admin"],
  ["/admin/keys/k1/revoke", "admin"],
  ["/admin/keys/sessions/s2/end", "admin"],
] as const)("POST %s needs the role %s", async (path, needed) => {
  const ui = browse();
  const typed = {
    reason: "x",
    exception: "all:differs",
    part: "order",
    error: "payment_mismatch",
    name: "choi",
    role: "read",
  };
  const weaker = needed === "admin" ? operate : read;
  const refused = await ui.post(path, typed, weaker);
  expect([refused.status, ui.admin.changes.length]).toEqual([403, 0]);
  const done = await ui.post(path, typed, { operator: needed });
  expect(done.status).toBeLessThan(400);
  expect(ui.admin.changes).toHaveLength(1);
});

test("the role read sees no form that changes anything", async () => {
  for (const path of [
    "/admin/money/2026-11-26",
    "/admin/events/dead-letters",
    "/admin/events/dead-letters/order/1",
    "/admin/keys",
    "/admin/keys/sessions",
  ]) {
    const { body } = await browse().get(path, read);
    const forms = [...body.matchAll(/<form[^>]*method="post"[^>]*action="([^"]*)"/g)];
    expect([path, forms.map(([, action]) => action)]).toEqual([
      path,
      ["/admin/language", "/admin/sign-out"],
    ]);
  }
});

test("records are escaped", async () => {
  const evil = "<script>alert(1)</script>";
  const ui = browse();
  Object.assign(ui.admin.records.letters[0]!, { error: evil, key: evil, topic: evil });
  Object.assign(ui.admin.records.messages[0]!, { value: evil, key: evil });
  Object.assign(ui.admin.records.webhooks[0]!, { body: evil, eventType: evil, paymentKey: evil });
  for (const path of [
    "/admin/events/dead-letters",
    "/admin/events/dead-letters/order/1",
    "/admin/events/topics/OrderCreated",
    "/admin/events/webhooks",
    "/admin/events/webhooks/wh_1",
  ]) {
    const { status, body } = await ui.get(path, operate);
    expect([status, body.includes("<script>alert")]).toEqual([200, false]);
  }
});

test("a NUL character is rejected in a query and in a form", async () => {
  const ui = browse();
  const searched = await ui.get("/admin/events/dead-letters?q=%00", read);
  const reason = "늦은\0목록";
  const typed = { exception: "all:missing_here", reason };
  const posted = await ui.post("/admin/money/2026-11-26/resolve", typed, operate);
  expect([searched.status, posted.status, ui.admin.changes.length]).toEqual([400, 400, 0]);
});

test("the form of a webhook address that is sent again adds no second one", async () => {
  const ui = browse();
  const path = "/admin/events/endpoints";
  const [, endpointId = ""] =
    /name="endpointId" value="([^"]+)"/.exec((await ui.get(path, admin)).body) ?? [];
  const form = { endpointId, url: "https://new.shop.example/hooks" };
  const count = ui.admin.records.endpoints.length;
  expect((await ui.post(path, form, admin)).body).toContain("whsec_");
  const again = await ui.post(path, form, admin);
  expect([again.status, again.headers.get("location")]).toEqual([303, `${path}/${endpointId}`]);
  expect(ui.admin.records.endpoints.length).toBe(count + 1);
});
