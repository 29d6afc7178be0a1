// Test names, for automated tests that reach the sandbox only through a shop: an order name or a
// buyer's name that starts with `sandbox:` selects faults for its payment. Real names do not.

import * as v from "valibot";
import { FaultOrder, operations } from "./sandbox_faults.ts";
import type { Payment } from "./sandbox_payment.ts";
import { WebhookSwitches } from "./sandbox_webhooks.ts";
import { findTossCode, type Language } from "./toss_codes.ts";

const prefix = "sandbox:";

/** The faults that a name selects; each happens once. */
export type TestWishes = {
  readonly faults: readonly FaultOrder[];
  /** The code with which authentication fails in the window. */
  readonly windowCode?: string;
  readonly webhooks?: WebhookSwitches;
};

export type TestName = TestWishes | { readonly unknown: string };

type Named = Pick<Payment, "orderName"> & { readonly customerName?: string | null | undefined };

/** Undefined for ordinary names; `unknown` is the first invalid part. Prefers the buyer's name. */
export function readTestName({ customerName, orderName }: Named): TestName | undefined {
  const name = [customerName, orderName].find((text) => text?.startsWith(prefix));
  if (name == null) return undefined;
  const [words = ""] = name.slice(prefix.length).split(/\s/);
  let wishes: TestWishes = { faults: [] };
  for (const part of words.split(",")) {
    const wish = readPart(part);
    if (wish === undefined) return { unknown: part };
    wishes = {
      ...wishes,
      ...wish,
      faults: [...wishes.faults, ...(wish.faults ?? [])],
      ...(wish.webhooks && { webhooks: { ...wishes.webhooks, ...wish.webhooks } }),
    };
  }
  return wishes;
}

/** A stored payment's faults: invalid test names were rejected when its session opened. */
export function testWishes(payment: Payment): TestWishes | undefined {
  const name = readTestName(payment);
  return name === undefined || "unknown" in name ? undefined : name;
}

/** A misspelt test name must fail its test, not approve the payment. */
export const unknownTestName = (part: string) => ({
  ko: `샌드박스의 테스트 이름에 "${part}"은(는) 없습니다. 샌드박스 첫 화면에 목록이 있습니다.`,
  en: `The sandbox has no test name "${part}"; its home page lists them.`,
});

/** `[operation.]what[:code, milliseconds or copies]`; the default operation is confirm. */
function readPart(part: string): Partial<TestWishes> | undefined {
  const [, target = "confirm", what = "", detail] =
    /^(?:(\w+)\.)?(\w+)(?::(\w+))?$/.exec(part) ?? [];
  const number = detail !== undefined && /^\d+$/.test(detail) ? Number(detail) : undefined;
  if (target === "window") {
    const code = detail ?? "PAY_PROCESS_ABORTED";
    return what === "fail" && findTossCode(code) !== undefined ? { windowCode: code } : undefined;
  }
  if (target === "webhook") {
    const wish = {
      duplicate: { duplicate: number ?? (detail === undefined ? 1 : undefined) },
      delay: { delayMs: number },
      drop: detail === undefined && { drop: true },
      reorder: detail === undefined && { reorder: true },
    }[what];
    const webhooks = v.safeParse(WebhookSwitches, wish);
    return webhooks.success ? { webhooks: webhooks.output } : undefined;
  }
  if (!operations.some((operation) => operation === target)) return undefined;
  const fault = v.safeParse(FaultOrder, {
    operation: target,
    fault: what,
    times: 1,
    ...(number !== undefined ? { delayMs: number } : detail !== undefined && { code: detail }),
  });
  return fault.success ? { faults: [fault.output] } : undefined;
}

/** The test names on the home page and in the README, with their effects. */
export const testNames: readonly (Record<Language, string> & { readonly name: string })[] = [
  { name: "sandbox:decline", ko: "승인이 거절됩니다.", en: "Confirm is declined." },
  {
    name: "sandbox:decline:INVALID_STOPPED_CARD",
    ko: "승인이 그 코드로 거절됩니다.",
    en: "Confirm is declined with that code.",
  },
  {
    name: "sandbox:lose_response",
    ko: "승인되지만 응답이 사라집니다.",
    en: "Confirm goes through, its response is lost.",
  },
  {
    name: "sandbox:error_after",
    ko: "승인되지만 500으로 응답합니다.",
    en: "Confirm goes through, answered with 500.",
  },
  {
    name: "sandbox:error_before",
    ko: "승인되지 않고 500으로 응답합니다. 다음 시도는 승인됩니다.",
    en: "Confirm does nothing, answered with 500; the next one works.",
  },
  {
    name: "sandbox:delay:5000",
    ko: "5초 뒤에 승인됩니다.",
    en: "Confirm takes 5 seconds.",
  },
  {
    name: "sandbox:window.fail:REJECT_CARD_COMPANY",
    ko: "결제창에서 인증이 그 코드로 실패합니다.",
    en: "Authentication in the window fails with that code.",
  },
  {
    name: "sandbox:cancel.decline",
    ko: "첫 환불이 거절됩니다.",
    en: "The first refund is refused.",
  },
  {
    name: "sandbox:cancel.lose_response",
    ko: "첫 환불은 되지만 응답이 사라집니다.",
    en: "The first refund goes through, its response is lost.",
  },
  {
    name: "sandbox:find.not_found",
    ko: "첫 조회가 404로 응답합니다.",
    en: "The first query answers 404.",
  },
  {
    name: "sandbox:find.stale",
    ko: "첫 조회가 직전 상태를 보여 줍니다.",
    en: "The first query shows the state before the last change.",
  },
  {
    name: "sandbox:webhook.duplicate",
    ko: "웹훅이 두 번씩 갑니다.",
    en: "Each webhook is sent twice.",
  },
  {
    name: "sandbox:webhook.drop",
    ko: "웹훅이 가지 않습니다.",
    en: "No webhook is sent.",
  },
  {
    name: "sandbox:webhook.delay:60000",
    ko: "웹훅이 1분 뒤에 갑니다.",
    en: "Webhooks are sent after a minute.",
  },
  {
    name: "sandbox:webhook.reorder",
    ko: "웹훅의 순서가 바뀝니다.",
    en: "Webhooks arrive out of order.",
  },
  {
    name: "sandbox:lose_response,webhook.drop",
    ko: "쉼표로 이어 쓰면 함께 일어납니다.",
    en: "Parts joined by a comma happen together.",
  },
];
