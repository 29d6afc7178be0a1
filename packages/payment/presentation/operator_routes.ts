import { operatorCalls } from "@payflow/shared";
import { callsOf, type CallHandlers } from "./internal_call.ts";

/** Those that take no more than a query; the others are in payment_routes.ts. */
type Name = Exclude<keyof typeof operatorCalls, "details" | "query-now">;

export type OperatorRoutesDeps = {
  /** What operators read and do of payment's, in the name of whoever order says. */
  readonly operators: CallHandlers<Name>;
};

const call = callsOf<OperatorRoutesDeps>();

/** What order calls for operators alone. */
export const operatorRoutes = (Object.keys(operatorCalls) as (keyof typeof operatorCalls)[])
  .filter((name): name is Name => name !== "details" && name !== "query-now")
  .map((name) => call(name, (body, { operators }) => operators[name](body as never)));
