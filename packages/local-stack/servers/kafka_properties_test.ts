import { expect, test } from "bun:test";
import { serverProperties } from "./kafka_properties.ts";

test("serverProperties() writes printable ASCII with Java's escapes", () => {
  const text = serverProperties({ nodeId: 1, port: 1, controllerPort: 2, logDir: " C:\\자료😀é" });
  expect(text).toContain("log.dirs=\\ C:\\\\\\uc790\\ub8cc\\ud83d\\ude00\\u00e9\n");
  expect(text).toMatch(/^[\x20-\x7e\n]*$/);
});
