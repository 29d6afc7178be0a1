/** For the `default` of a switch over a union: the compiler fails when a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected case: ${JSON.stringify(value)}`);
}
