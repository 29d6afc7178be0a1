import { expect, test } from "bun:test";
import { AppError } from "@payflow/shared";
import { selectionOf } from "./order_filter.ts";

const nobody = async () => [];
/** All terms but the reference, because any text may be a reference. */
const termsOf = async (q: string) => {
  const { anyOf = [] } = (await selectionOf({ q }, nobody)).selection;
  const others = anyOf.filter(({ kind }) => kind !== "reference");
  return others.map((term) => ("text" in term ? [term.kind, term.text] : term));
};

test("a search text has all its possible meanings", async () => {
  expect(await termsOf("Kim@Example.com")).toEqual([["email", "Kim@Example.com"]]);
  expect(await termsOf("kim@")).toEqual([["emailStart", "kim@"]]);
  expect(await termsOf(" 김민수 ")).toEqual([["nameStart", "김민수"]]);
  expect(await termsOf("Kim")).toEqual([
    ["emailStart", "Kim"],
    ["nameStart", "Kim"],
  ]);
  for (const sum of ["12,000", "12,000원", "₩12,000", "₩ 12000", "￦12,000 원"])
    expect(await termsOf(sum)).toContainEqual({ kind: "amount", amount: 12_000 });
  for (const none of ["12,00", "1,2000", "0", "-5", "1.5", "99999999999999999999"])
    expect(JSON.stringify(await termsOf(none))).not.toContain("amount");
});

test("an order's id is found by its beginning, with its hyphens or without", async () => {
  const from = "019ab2c47d0000000000000000000000";
  const to = "019ab2c47dffffffffffffffffffffff";
  for (const q of ["019ab2c4-7d", "019ab2c47d", "019AB2C4-7D"])
    expect(await termsOf(q)).toContainEqual({ kind: "ids", from, to });
  const whole = "019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f";
  const hex = "019ab2c47d107c3e9f526a1b0c8d4e2f";
  expect(await termsOf(whole)).toContainEqual({ kind: "ids", from: hex, to: hex });
});

test("an order's number is found in either case, with its hyphen or without", async () => {
  for (const q of ["1127-K7P3", "1127k7p3"])
    expect(await termsOf(q)).toContainEqual(["number", "1127-K7P3"]);
});

test("any text of up to 64 characters may be a merchant's reference", async () => {
  const termOf = async (q: string) =>
    (await selectionOf({ q }, nobody)).selection.anyOf?.find(({ kind }) => kind === "reference");
  expect(await termOf(" cart/7f3a ")).toEqual({ kind: "reference", text: "cart/7f3a" });
  expect(await termOf("r".repeat(65))).toBeUndefined();
});

test("calls payment only for text that may be a part of a paymentKey", async () => {
  const called: string[] = [];
  const findByKey = async (part: string) => [called.push(part).toString()];
  for (const q of [
    "tgen_2026",
    "abcd123",
    "kim@example.com",
    "김토스김토스김토스",
    "019ab2c4-7d10-7c3e-9f52-6a1b0c8d4e2f",
  ])
    await selectionOf({ q }, findByKey);
  expect(called).toEqual(["tgen_2026"]);
  const { selection } = await selectionOf({ q: "tgen_2026" }, findByKey);
  expect(selection.anyOf).toContainEqual({ kind: "orders", orderIds: ["2"] });
});

test("without payment the rest is searched, and the missing part is reported", async () => {
  const away = new Error("away");
  const { selection, missed } = await selectionOf({ q: "tgen_2026" }, () => Promise.reject(away));
  expect(missed).toBe(away);
  expect(selection.anyOf).toContainEqual({ kind: "emailStart", text: "tgen_2026" });
});

test("days are Korean, and the last day is included", async () => {
  const { selection } = await selectionOf({ from: "2026-12-31", to: "2026-12-31" }, nobody);
  expect(selection.since).toBe(Date.parse("2026-12-30T15:00:00Z"));
  expect(selection.until).toBe(Date.parse("2026-12-31T15:00:00Z"));
});

test("rejects an invalid filter, with an error for each field", async () => {
  const filter = {
    q: "a\nb",
    status: "PAID",
    from: "2026-02-30",
    to: "yesterday",
    method: "\u0000",
  };
  const refusal = await selectionOf(filter, nobody).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(AppError);
  const { code, details } = refusal as AppError;
  expect(code).toBe("invalid_request");
  expect(details.errors?.map(({ path }) => path).sort()).toEqual([
    "from",
    "method",
    "q",
    "status",
    "to",
  ]);
  const backwards = selectionOf({ from: "2026-02-02", to: "2026-02-01" }, nobody);
  expect(await backwards.catch(({ code }: AppError) => code)).toBe("invalid_request");
});

test("an empty field counts as missing", async () => {
  const { selection } = await selectionOf(
    { q: " ", status: "", method: "", from: "", to: "" },
    nobody,
  );
  expect(Object.values(selection).filter((value) => value !== undefined)).toEqual([]);
});
