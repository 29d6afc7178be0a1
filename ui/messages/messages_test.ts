import { expect, test } from "bun:test";
import { en } from "./en.ts";
import { ko } from "./ko.ts";

function keysOf(messages: object, prefix = ""): string[] {
  return Object.entries(messages)
    .flatMap(([key, value]) =>
      typeof value === "object" && value !== null
        ? keysOf(value as object, `${prefix}${key}.`)
        : [`${prefix}${key} (${typeof value})`],
    )
    .sort();
}

test("en has the same keys as ko", () => {
  expect(keysOf(en)).toEqual(keysOf(ko));
});

test("no message is empty, and English messages have no Korean", () => {
  const words = JSON.stringify(
    [en.states, en.timeline, en.news, en.notices, en.pay, en.errors, en.fieldErrors],
    (_, value: unknown) =>
      typeof value === "function" ? (value as (...a: string[]) => string)("₩1", "₩2") : value,
  );
  expect(words).not.toMatch(/[가-힣]/);
  expect(JSON.stringify([ko, en])).not.toContain('""');
});

test("the Korean sentences about money are exactly these promises", () => {
  const { declined, unknown, expired } = ko.states;
  const shown = [declined, unknown, expired].map(({ lead, rest }) => `${lead} ${rest}`);
  expect(shown).toEqual([
    "결제가 승인되지 않았습니다. 돈은 빠져나가지 않았습니다.",
    "결제 결과를 확인하고 있습니다. 다시 결제하지 마세요. 결과가 나오면 이 화면이 자동으로 바뀝니다.",
    "결제 시간이 지났습니다. 청구되지 않았습니다.",
  ]);
  const { lead, rest } = ko.news.userCancel;
  expect(`${lead} ${rest("자정")}`).toBe(
    "결제를 취소했습니다. 주문은 그대로 있습니다. 자정까지 결제할 수 있습니다.",
  );
});
