import { AppError } from "@payflow/shared";
import type { Context } from "hono";

type Pages = { refusalOf?(thrown: unknown, requestId: string): AppError | undefined };

/** The refusal that a thrown error stands for; undefined for a fault, which is logged. */
export function refusalOf(
  c: Pick<Context<{ Variables: { requestId: string } }>, "var">,
  deps: Pages,
  thrown: unknown,
): AppError | undefined {
  if (deps.refusalOf) return deps.refusalOf(thrown, c.var.requestId);
  if (thrown instanceof AppError) return thrown;
  console.error(thrown);
  return undefined;
}

/** Sets Retry-After when the refusal has it. */
export function retryAfter(c: Pick<Context, "header">, { details }: AppError): void {
  const { retryAfterSeconds } = details;
  if (retryAfterSeconds !== undefined) c.header("Retry-After", String(retryAfterSeconds));
}
