const pattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A UUID as PostgreSQL writes it. Checks input before it is compared with a column of type uuid, which would throw. */
export function isUuid(text: string): boolean {
  return pattern.test(text);
}

/** The id after which a page begins: before the first row when the text is no UUID. */
export function afterUuid(text: string): string {
  return isUuid(text) ? text : "00000000-0000-0000-0000-000000000000";
}
