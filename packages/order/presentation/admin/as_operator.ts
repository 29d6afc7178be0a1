import { tryGetContext } from "hono/context-storage";
import type { AdminVariables, Operator } from "@payflow/ui";
import { actingAs } from "@payflow/outbox";
import { AppError } from "@payflow/shared";
import { mayAct } from "../../domain/api_key.ts";

type SignedIn = Pick<Operator, "name" | "role">;

/** Who signed in, for the request under way. */
export type OperatorOf = () => SignedIn | undefined;

/** By Hono's context storage, which whoever mounts the console puts before it. */
export const signedIn: OperatorOf = () =>
  tryGetContext<{ Variables: AdminVariables }>()?.var.operator;

/** Throws AppError `role_too_weak` unless the operator of the request under way has this role or a stronger one. */
export function requireOperator(operatorOf: OperatorOf, role: Operator["role"]): SignedIn {
  const operator = operatorOf();
  if (operator !== undefined && mayAct(operator, role)) return operator;
  const text = `This needs the role ${role}`;
  throw new AppError("forbidden", "role_too_weak", text);
}

/** Does something in the operator's name: histories and audits say who, and why. */
export function asOperator<T>({ name }: SignedIn, reason: string | undefined, work: () => T): T {
  const actor = `key:${name}`;
  return actingAs(reason === undefined ? { actor } : { actor, reason }, work);
}
