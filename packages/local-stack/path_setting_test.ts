import { expect, test } from "bun:test";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathFault, pathSetting } from "./path_setting.ts";

test("pathSetting() expands ~ like a shell", () => {
  const read = (text: string) => pathSetting({ SHOP_FILE: text }, "SHOP_FILE", "/clone");
  expect(read("~/가게/shop.json")).toBe(join(homedir(), "가게/shop.json"));
  expect(read("~")).toBe(homedir());
  expect(read("shop.json")).toBe("/clone/shop.json");
  expect(read("/etc/~/shop.json")).toBe("/etc/~/shop.json");
  expect(read("")).toBeUndefined();
});

test.each(["~kim/data", "/data\n", "/data\u0000", `/${"가".repeat(300)}`])(
  "pathFault() rejects %j",
  (path) => {
    expect(pathFault(path)).toBeString();
  },
);

test.each(["~/data", "/내 자료, 2:3 #'%\"", "-data"])("pathFault() accepts %j", (path) => {
  expect(pathFault(path)).toBeUndefined();
});
