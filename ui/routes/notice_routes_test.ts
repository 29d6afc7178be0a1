import { expect, test } from "bun:test";
import { noticeRoutes } from "./notice_routes.ts";

test("/notices has the licences of the files that browsers load, as plain text", async () => {
  const response = await noticeRoutes().request("/notices");
  expect(response.headers.get("content-type")).toStartWith("text/plain");
  const text = await response.text();
  expect(text).toContain("SIL OPEN FONT LICENSE");
  expect(text).toContain("Toss Payments Co., Ltd.");
  expect(text).toContain("Zero-Clause BSD");
});
