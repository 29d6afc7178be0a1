/**
 * Identification of callers: API keys with roles, console sessions, the rules that routes declare, signed cookies.
 * @module
 */
export * from "./caller.ts";
export { limitCallsAtOnce } from "./calls_at_once.ts";
export { clientAddressReader } from "./client_address.ts";
export * from "./credential.ts";
export { openCredentials, sessionRetention, type Credentials } from "./credentials.ts";
export { readFormInTime } from "./form_body.ts";
export { keyRoutes, pathId } from "./key_routes.ts";
export { knownHosts } from "./known_hosts.ts";
export { operators, signedIn } from "./operators.ts";
export { apiHeaders, refuseCrossSite, securityHeaders } from "./security.ts";
export { createStreamPlaces, type StreamPlaces } from "./stream_places.ts";

/** The folder of this package's migrations. */
export const accessMigrations = `${import.meta.dir}/migrations`;
