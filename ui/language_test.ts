import { expect, test } from "bun:test";
import { browse } from "./testing/browse.ts";

test.each([
  ["ko-KR,ko;q=0.9,en;q=0.8", "ko"],
  ["en-US,en;q=0.9", "en"],
  ["fr, en;q=0.4, ko;q=0.3", "en"],
  ["fr", "ko"],
  ["", "ko"],
  ["en;q=0, ko;q=0.1", "ko"],
  ["en;q=x", "ko"],
])("pages follow Accept-Language %p in %s", async (language, expected) => {
  const { body } = await browse().get("/", { language });
  expect(body).toContain(`<html lang="${expected}">`);
});

test("POST /language remembers the choice, which outranks Accept-Language", async () => {
  const ui = browse();
  const { status, headers } = await ui.post("/language", {
    language: "en",
    back: "/orders?x=1",
  });
  expect(status).toBe(303);
  expect(headers.get("location")).toBe("/orders?x=1");
  expect(headers.get("set-cookie")).toContain("lang=en");
  const { body } = await ui.get("/", { cookie: "lang=en", language: "ko" });
  expect(body).toContain('<html lang="en">');
});

test.each([
  "//evil.example/",
  "https://evil.example/",
  "/\\evil.example",
  "/\t/evil.example",
  "javascript:alert(1)",
  "",
])("POST /language never leads away from the shop: %p", async (back) => {
  const { headers } = await browse().post("/language", {
    language: "en",
    back,
  });
  const target = new URL(headers.get("location") ?? "", "http://shop.example/");
  expect(target.origin).toBe("http://shop.example");
});
