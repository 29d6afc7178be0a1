import { expect, test } from "bun:test";
import { openTestSandbox } from "./sandbox_fixture.ts";
import { findTossCode } from "./toss_codes.ts";

test("codes of products that the sandbox lacks can be injected too", async () => {
  await using toss = openTestSandbox();
  const order = await toss.authenticated();
  const forced = { "tosspayments-test-code": "NOT_ALLOWED_INSTALLMENT_BELOW_AMOUNT" };
  const { status, json } = await toss.confirm(order, forced);
  expect([status, json["message"]]).toEqual([400, "할부 최소 금액보다 적은 금액입니다."]);
  const fault = { operation: "confirm", fault: "decline" };
  const { status: taken } = await toss.fault({ ...fault, code: "INVALID_ACCOUNT_NUMBER" });
  expect(taken).toBe(201);
});

test("a code has one row, with its status and a message in both languages", async () => {
  const text = await Bun.file(`${import.meta.dir}/toss_codes.ts`).text();
  const rows = [...text.matchAll(/^(\d{3}) ([A-Z_]+) \|/gm)];
  const names = rows.map(([, , name = ""]) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(150);
  for (const [, status, name = ""] of rows) {
    const code = findTossCode(name);
    expect(code?.status, name).toBe(Number(status));
    expect(code?.ko, name).toMatch(/[가-힣]/);
    expect(code?.en, name).toMatch(/^[^가-힣]+$/);
  }
});
