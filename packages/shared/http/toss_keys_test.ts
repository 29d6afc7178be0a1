import { describe, expect, test } from "bun:test";
import { checkTossKeys } from "./toss_keys.ts";

const check = (clientKey: string, secretKey?: string) =>
  checkTossKeys({
    TOSS_CLIENT_KEY: clientKey,
    ...(secretKey === undefined ? {} : { TOSS_SECRET_KEY: secretKey }),
  })[0];

describe("checkTossKeys()", () => {
  test("takes pairs of one kind and one mode", () => {
    expect(check("test_ck_abc", "test_sk_abc")).toBeUndefined();
    expect(check("test_ck_sandbox", "test_sk_sandbox")).toBeUndefined();
    expect(check("test_ck_abc")).toBeUndefined();
    expect(check("live_ck_abc", "live_sk_abc")).toBeUndefined();
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
        "TOSS_CLIENT_KEY must be the client key",
      );
    for (const wrong of ["", "abc", "test_ck_abc", "live_sk_"])
      expect(check("test_ck_abc", wrong), wrong).toStartWith(
        "TOSS_SECRET_KEY must be the secret key",
      );
  });

  test("says that widget keys are from the other box", () => {
    for (const [client, secret] of [
      ["test_gck_abc", "test_gsk_abc"],
      ["test_gck_abc", "test_sk_abc"],
      ["test_ck_abc", "test_gsk_abc"],
      ["live_gck_abc", undefined],
    ] as const)
      expect(check(client, secret)).toContain("must not be widget keys");
  });

  test("says that both must be for tests, or both live", () => {
    expect(check("test_ck_abc", "live_sk_abc")).toContain(
      "TOSS_CLIENT_KEY is a test key and TOSS_SECRET_KEY a live key",
    );
    expect(check("live_ck_abc", "test_sk_abc")).toContain(
      "TOSS_CLIENT_KEY is a live key and TOSS_SECRET_KEY a test key",
    );
  });

  test("says where to copy the right ones from", () => {
    for (const sentence of [
      check("abc", "test_sk_abc"),
      check("test_gck_abc", "test_gsk_abc"),
      check("test_ck_abc", "abc"),
      check("test_ck_abc", "live_sk_abc"),
    ])
      expect(sentence).toContain("개발자센터 > API 키 > 'API 개별 연동 키'");
  });
});
