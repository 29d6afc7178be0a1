/** A broken rule, and the affected orders. */
export type Violation = {
  readonly rule: string;
  readonly orderIds: readonly string[];
};

/** Records that a rule is broken for an order. */
export type Blame = (rule: string, orderId: string) => void;

/** Collects blames into one violation per rule. */
export function openBlame(): {
  readonly blame: Blame;
  violations(): Violation[];
} {
  const blamed = new Map<string, Set<string>>();
  return {
    blame(rule, orderId) {
      blamed.set(rule, (blamed.get(rule) ?? new Set()).add(orderId));
    },
    violations: () => [...blamed].map(([rule, ids]) => ({ rule, orderIds: [...ids] })),
  };
}
