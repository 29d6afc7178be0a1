import { expect, test } from "bun:test";
import { classifyTossError } from "./toss_error.ts";

test("classifyTossError() never treats an unlisted code as a decline", () => {
  expect(classifyTossError("confirm", 400, "SOMETHING_NEW")).toBe("unknown");
  expect(classifyTossError("cancel", 403, "SOMETHING_NEW")).toBe("unknown");
});

test("classifyTossError() trusts no code of a 5xx, a 429 or a 409", () => {
  for (const status of [500, 502, 503, 429, 409]) {
    expect(classifyTossError("confirm", status, "REJECT_CARD_PAYMENT")).toBe("unknown");
  }
});

test("classifyTossError() distinguishes refusals, temporary responses and wrong keys", () => {
  expect(classifyTossError("confirm", 403, "REJECT_CARD_PAYMENT")).toBe("declined");
  expect(classifyTossError("confirm", 400, "PROVIDER_ERROR")).toBe("unknown");
  expect(classifyTossError("confirm", 400, "ALREADY_PROCESSED_PAYMENT")).toBe("unknown");
  expect(classifyTossError("confirm", 404, "NOT_FOUND_PAYMENT_SESSION")).toBe("session_gone");
  expect(classifyTossError("confirm", 401, "UNAUTHORIZED_KEY")).toBe("misconfigured");
  expect(classifyTossError("cancel", 400, "ALREADY_CANCELED_PAYMENT")).toBe("moved");
  expect(classifyTossError("cancel", 400, "INVALID_ACCOUNT_NUMBER")).toBe("declined");
  expect(classifyTossError("cancel", 403, "NOT_CANCELABLE_PAYMENT")).toBe("declined");
  expect(classifyTossError("cancel", 403, "NOT_AVAILABLE_BANK")).toBe("unknown");
  expect(classifyTossError("confirm", 403, "NOT_AVAILABLE_BANK")).toBe("declined");
});
