const pattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** True for a UUID as PostgreSQL writes it. Any other text would fail in a comparison with a uuid column. */
export function isUuid(text: string): boolean {
  return pattern.test(text);
}

/** The cursor of a page; a text that is no UUID starts before the first row. */
export function afterUuid(text: string): string {
  return isUuid(text) ? text : "00000000-0000-0000-0000-000000000000";
}
