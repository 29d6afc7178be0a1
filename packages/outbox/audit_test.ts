import { expect, test } from "bun:test";
import { acting, actingAs } from "./audit.ts";

test("acting() is system outside actingAs(), and the actor of the innermost call within", async () => {
  expect(acting()).toEqual({ actor: "system" });
  await actingAs({ actor: "key:kim", reason: "damaged" }, async () => {
    await Promise.resolve();
    expect(acting()).toEqual({ actor: "key:kim", reason: "damaged" });
    actingAs({ actor: "cli:lee" }, () => expect(acting()).toEqual({ actor: "cli:lee" }));
    expect(acting().actor).toBe("key:kim");
  });
  expect(acting().actor).toBe("system");
});
