const pattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A UUID as PostgreSQL writes it. What comes from outside is asked before it is compared with a column of type uuid. */
export function isUuid(text: string): boolean {
  return pattern.test(text);
}

/** The id behind which a page begins: before the first row when it is none. */
export function afterUuid(text: string): string {
  return isUuid(text) ? text : "00000000-0000-0000-0000-000000000000";
}
