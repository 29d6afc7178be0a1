/** A masked name, as in lists. */
export function maskedName(name: string): string {
  return name === "" ? "" : `${name.slice(0, 1)}${"*".repeat(Math.max(1, name.length - 1))}`;
}
