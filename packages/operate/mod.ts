/** The `payflow` command and its checks of a set-up. */
export { contextOf, type Context } from "./context.ts";
export { diagnose, type DoctorInput } from "./doctor.ts";
export { asLines } from "./doctor/command.ts";
export type { Finding } from "./doctor/finding.ts";
export { payflow } from "./payflow.ts";
