/** Whether two JSON values say the same. The order of members says nothing: PostgreSQL's jsonb keeps another one. */
export { isDeepStrictEqual as sameJson } from "node:util";
