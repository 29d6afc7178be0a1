/** One thing that must not be, and of which orders. */
export type Violation = {
  readonly rule: string;
  readonly orderIds: readonly string[];
};
