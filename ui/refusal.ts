import { AppError } from "@payflow/shared";
import type { Context } from "hono";

type Pages = { refusalOf?(thrown: unknown, requestId: string): AppError | undefined };

/** The refusal that something thrown by the shop's functions stands for; a fault is logged, and undefined. */
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

/** Says when a refused request may be sent again, where that is known. */
export function retryAfter(c: Pick<Context, "header">, { details }: AppError): void {
  const { retryAfterSeconds } = details;
  if (retryAfterSeconds !== undefined) c.header("Retry-After", String(retryAfterSeconds));
}
