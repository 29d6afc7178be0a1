export class BrokenInvariant extends Error {
  override readonly name = "BrokenInvariant";
}

export function must(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new BrokenInvariant(otherwise);
}
