import { expect, test } from "bun:test";
import { declineReason } from "./decline_reasons.ts";

const tossErrors = `${import.meta.dir}/../../packages/payment/infrastructure/toss/toss_error.ts`;

test("each code with which Toss ends an attempt to pay has a reason in both languages", async () => {
  const text = await Bun.file(tossErrors).text();
  const [, declined = "", gone = ""] =
    /const confirmCodes = \{\s+declined: `([^`]+)`,\s+session_gone: "([^"]+)"/.exec(text) ?? [];
  const codes = `${declined} ${gone}`.trim().split(/\s+/);
  expect(codes.length).toBeGreaterThan(25);
  for (const code of codes) {
    expect(declineReason({ code }, "ko"), code).toMatch(/[가-힣]/);
    expect(declineReason({ code }, "en"), code).toMatch(/^[^가-힣]+$/);
  }
});
