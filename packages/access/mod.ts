/**
 * Who calls: keys of the API with roles, sessions of the console, the callers that routes declare, signed cookies.
 * @module
 */
export * from "./api_key.ts";
export * from "./api_keys.ts";
export * from "./caller.ts";
export * from "./calls_at_once.ts";
export * from "./client_address.ts";
export * from "./console_session.ts";
export * from "./console_sessions.ts";
export * from "./key_holders.ts";
export { keyRoutes } from "./key_routes.ts";
export * from "./operator_session.ts";
export * from "./postgres_api_keys.ts";
export * from "./postgres_console_sessions.ts";

/** The folder of this package's migrations. */
export const accessMigrations = `${import.meta.dir}/migrations`;
