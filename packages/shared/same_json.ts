/** Compares JSON values without regard to the order of members, which PostgreSQL's jsonb does not keep. */
export { isDeepStrictEqual as sameJson } from "node:util";
