/**
 * The pages: everything that a shopper and an operator see, drawn from functions that whoever mounts them hands in
 * (`UiDeps`, `AdminDeps`).
 */
export * from "./contract.ts";
export { createUi } from "./create_ui.tsx";
export type * from "./admin/contract.ts";
export { createAdmin } from "./admin/create_admin.tsx";
