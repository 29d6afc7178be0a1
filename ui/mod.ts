/**
 * The pages of shoppers, operators and API developers. The server that mounts them passes the functions that they need
 * (`UiDeps`, `AdminDeps`).
 */
export * from "./contract.ts";
export { createUi } from "./create_ui.tsx";
export { Shop } from "./shop.ts";
export { renderMail, type MailSource, type RenderedMail } from "./mails/render_mail.tsx";
export type * from "./admin/contract.ts";
export { createAdmin } from "./admin/create_admin.tsx";
export { createDocs } from "./docs/create_docs.tsx";
export type { ApiDescription, DocsDeps, ErrorCode } from "./docs/contract.ts";
