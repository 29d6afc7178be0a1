/** Times in ISO 8601. */
export function plusMs(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}

export function earlier(a: string, b: string): string {
  return a < b ? a : b;
}
