import { describe, expect, test } from "bun:test";
import { checkTossKeys } from "./toss_keys.ts";

const check = (clientKey: string, secretKey?: string) =>
  checkTossKeys({
    TOSS_CLIENT_KEY: clientKey,
    ...(secretKey === undefined ? {} : { TOSS_SECRET_KEY: secretKey }),
  })[0];

describe("checkTossKeys()", () => {
  test("accepts pairs of one kind and one mode", () => {
    expect(check("test_ck_abc", "test_sk_abc")).toBeUndefined();
    expect(check("test_ck_sandbox", "test_sk_sandbox")).toBeUndefined();
    expect(check("test_ck_abc")).toBeUndefined();
    expect(check("live_ck_abc", "live_sk_abc")).toBeUndefined();
    expect(check("test_gck_abc", "test_gsk_abc")).toBeUndefined();
    expect(check("live_gck_abc", "live_gsk_abc")).toBeUndefined();
    expect(check("live_gck_abc")).toBeUndefined();
  });

  test("names the variable that holds no such key", () => {
    for (const wrong of [
      "",
      "abc",
      "test_sk_abc",
      "test_ck_",
      "test_ck_a b",
      "TEST_CK_abc",
      "test_gsk_abc",
    ])
      expect(check(wrong, "test_sk_abc"), wrong).toStartWith(
        "TOSS_CLIENT_KEY must be a client key",
      );
    for (const wrong of ["", "abc", "test_ck_abc", "live_sk_"])
      expect(check("test_ck_abc", wrong), wrong).toStartWith(
        "TOSS_SECRET_KEY must be a secret key",
      );
  });

  test("requires both keys from one section: a widget's pair, or a window's", () => {
    expect(check("test_gck_abc", "test_sk_abc")).toContain(
      "TOSS_CLIENT_KEY is of the box '결제위젯 연동 키' and TOSS_SECRET_KEY of 'API 개별 연동 키'",
    );
    expect(check("test_ck_abc", "test_gsk_abc")).toContain(
      "TOSS_CLIENT_KEY is of the box 'API 개별 연동 키' and TOSS_SECRET_KEY of '결제위젯 연동 키'",
    );
  });

  test("says that both must be for tests, or both live", () => {
    expect(check("test_ck_abc", "live_sk_abc")).toContain(
      "TOSS_CLIENT_KEY is a test key and TOSS_SECRET_KEY a live key",
    );
    expect(check("test_gck_abc", "live_gsk_abc")).toContain("TOSS_SECRET_KEY a live key");
    expect(check("live_ck_abc", "test_sk_abc")).toContain(
      "TOSS_CLIENT_KEY is a live key and TOSS_SECRET_KEY a test key",
    );
  });

  test("says where to copy the right keys from", () => {
    for (const sentence of [
      check("abc", "test_sk_abc"),
      check("test_gck_abc", "test_sk_abc"),
      check("test_ck_abc", "abc"),
      check("test_ck_abc", "live_sk_abc"),
    ])
      expect(sentence).toContain("개발자센터 > API 키");
  });
});
