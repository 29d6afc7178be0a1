import { mayAct } from "@payflow/access";
import type { Operator } from "@payflow/ui";
import { actingAs } from "@payflow/outbox";
import { AppError, storableText } from "@payflow/shared";

export type SignedIn = Pick<Operator, "name" | "role">;

/** An operator's reason for an action, for example a refund. */
export const Reason = storableText(200);

/** Returns the signed-in operator of the current request. */
export type OperatorOf<Who extends SignedIn = SignedIn> = () => Who | undefined;

/** Throws AppError `role_too_weak` unless the operator of the current request has this role or a stronger one. */
export function requireOperator<Who extends SignedIn>(
  operatorOf: OperatorOf<Who>,
  role: SignedIn["role"],
): Who {
  const operator = operatorOf();
  if (operator !== undefined && mayAct(operator, role)) return operator;
  throw new AppError("forbidden", "role_too_weak", `This needs the role ${role}`);
}

/** Wraps functions for operators with a role. They throw like `requireOperator`, and run with the operator as actor. */
export const forOperators =
  (operatorOf: OperatorOf) =>
  <Given extends readonly unknown[], T>(
    role: SignedIn["role"],
    work: (...given: Given) => Promise<T>,
  ) =>
  async (...given: Given): Promise<T> => {
    const { name } = requireOperator(operatorOf, role);
    return await actingAs({ actor: `key:${name}` }, () => work(...given));
  };
