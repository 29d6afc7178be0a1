import { mayAct } from "@payflow/access";
import type { Operator } from "@payflow/ui";
import { actingAs } from "@payflow/outbox";
import { AppError, storableText } from "@payflow/shared";

export type SignedIn = Pick<Operator, "name" | "role">;

/** Why an operator does something, as with a refund. */
export const Reason = storableText(200);

/** Who signed in, for the request under way. */
export type OperatorOf<Who extends SignedIn = SignedIn> = () => Who | undefined;

/** Throws AppError `role_too_weak` unless the operator of the request under way has this role or a stronger one. */
export function requireOperator<Who extends SignedIn>(
  operatorOf: OperatorOf<Who>,
  role: SignedIn["role"],
): Who {
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
