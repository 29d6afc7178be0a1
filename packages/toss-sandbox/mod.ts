/** Public API of the Toss sandbox, a test double of Toss Payments for development and tests. */
export type { TossSandboxConfig } from "./sandbox_state.ts";
export { createTossSandbox, type TossSandbox } from "./toss_sandbox.ts";
