import { expect, test } from "bun:test";
import { metricsText } from "./metrics.ts";

test("metricsText() says each name's meaning once, and breaks no line by a label", () => {
  const help = "Payments by their status";
  const metrics = [
    { name: "payflow_payments", help, value: 3, status: "DONE" },
    { name: "payflow_dead_letters", help: "Messages", value: 0 },
    { name: "payflow_payments", help, value: 1, status: 'a"b\nc' },
  ];
  expect(metricsText(metrics)).toBe(
    [
      "# HELP payflow_payments Payments by their status",
      "# TYPE payflow_payments gauge",
      'payflow_payments{status="DONE"} 3',
      'payflow_payments{status="a b c"} 1',
      "# HELP payflow_dead_letters Messages",
      "# TYPE payflow_dead_letters gauge",
      "payflow_dead_letters 0",
      "",
    ].join("\n"),
  );
});
