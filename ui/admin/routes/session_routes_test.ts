import { AppError } from "@payflow/shared";
import { expect, test } from "bun:test";
import { browse } from "../../testing/browse.ts";

test("without a session every page redirects to sign-in with its own address", async () => {
  const ui = browse();
  const { status, headers } = await ui.get("/admin/orders?q=kim");
  expect(status).toBe(303);
  expect(headers.get("location")).toBe("/admin/sign-in?to=%2Fadmin%2Forders%3Fq%3Dkim");
  const first = await ui.get("/admin");
  expect(first.headers.get("location")).toBe("/admin/sign-in");
});

test("while sessions cannot be read, every page answers 503 with a page", async () => {
  const ui = browse();
  ui.admin.operatorOf = () => {
    throw new AppError("unavailable", "database_unavailable", "Away");
  };
  const { status, headers, body } = await ui.get("/admin", { language: "en" });
  expect(status).toBe(503);
  expect(headers.get("content-type")).toStartWith("text/html");
  expect(body).toContain("A database or the payment service does not respond");
});

test("an htmx request without a session redirects the whole page to sign-in", async () => {
  const { status, headers, body } = await browse().get("/admin", { htmx: true });
  expect([status, body]).toEqual([200, ""]);
  expect(headers.get("hx-redirect")).toBe("/admin/sign-in");
});

test("a valid key starts a session and redirects to the requested page", async () => {
  const ui = browse();
  const { status, headers } = await ui.post("/admin/sign-in", {
    key: " pf_operate ",
    to: "/admin/orders?q=kim",
  });
  expect([status, headers.get("location")]).toEqual([303, "/admin/orders?q=kim"]);
  expect(headers.getSetCookie().join()).toContain("console=operate");
});

test.each([
  "https://evil.example/",
  "//evil.example/admin",
  "/orders",
  "/admin/sign-out",
  "/adminx",
])("sign-in does not redirect to %s", async (to) => {
  const { headers } = await browse().post("/admin/sign-in", { key: "pf_read", to });
  expect(headers.get("location")).toBe("/admin");
});

test.each([
  ["", undefined, 422, "키를 입력해 주세요."],
  ["pf_wrong", undefined, 401, "쓸 수 없는 키입니다."],
  ["pf_read", new AppError("too_many", "rate_limited", "Slow down"), 429, "1분 뒤에"],
])("the key %p is rejected with a message, and the page does not contain it", async (...given) => {
  const [key, refusal, expected, sentence] = given;
  const ui = browse();
  ui.admin.refusal = refusal;
  const { status, body } = await ui.post("/admin/sign-in", { key, to: "/admin/orders" });
  expect(status).toBe(expected);
  expect(body).toContain(sentence);
  expect(body).toContain('name="to" value="/admin/orders"');
  if (key !== "") expect(body).not.toContain(key);
});

test("the sign-in page says that the session has ended", async () => {
  const ui = browse();
  const cookie = "console_seen=yes";
  const { headers } = await ui.post("/admin/orders/x/cancel", { reason: "y" }, { cookie });
  expect(headers.get("location")).toBe("/admin/sign-in?why=ended");
  const { body } = await ui.get("/admin/sign-in?why=ended");
  expect(body).toContain("접속이 끝났습니다.");
});

test("sign-out ends the session and says so", async () => {
  const { status, headers } = await browse().post("/admin/sign-out", {}, { operator: "read" });
  expect([status, headers.get("location")]).toEqual([303, "/admin/sign-in?why=out"]);
  expect(headers.getSetCookie().join()).toContain("console=;");
});

test("the language switch returns to the same page of the console", async () => {
  const { headers } = await browse().post("/admin/language", {
    language: "en",
    back: "/admin/sign-in?to=%2Fadmin%2Forders",
  });
  expect(headers.get("location")).toBe("/admin/sign-in?to=%2Fadmin%2Forders");
  expect(headers.getSetCookie().join()).toContain("lang=en");
  const away = await browse().post("/admin/language", { language: "en", back: "//evil.example" });
  expect(away.headers.get("location")).toBe("/admin");
});
