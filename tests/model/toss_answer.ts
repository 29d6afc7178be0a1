import { classifyTossError, type Answer } from "@payflow/payment/testing";
import type { Reply } from "./toss_model.ts";

/** PayFlow's gateway result for a reply of Toss. */
export function answerOf(operation: "confirm" | "cancel", reply: Reply): Answer {
  if ("payment" in reply) return { kind: "payment", payment: reply.payment };
  const { status, code } = reply;
  const kind = classifyTossError(operation, status, code);
  const refusal = { code, message: code };
  if (kind !== "unknown") return { kind, ...refusal };
  return { kind, answered: code !== "IDEMPOTENT_REQUEST_PROCESSING", ...refusal };
}

export const noAnswer: Answer = {
  kind: "unknown",
  answered: false,
  code: "NO_ANSWER",
  message: "no answer",
};
