/** The pages: everything a shopper sees, drawn from functions that whoever mounts them hands in (`UiDeps`). */
export * from "./admin/contract.ts";
export * from "./contract.ts";
export { createUi } from "./create_ui.tsx";
