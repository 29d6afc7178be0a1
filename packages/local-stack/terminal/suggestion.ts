/** `. Did you mean X?` when a name is similar to the typed word, else an empty string. */
export function didYouMean(typed: string, names: readonly string[]): string {
  const letters = (word: string) => word.replace(/^-+/, "").length;
  const near = names
    .map((name) => ({ name, distance: editDistance(typed, name) }))
    // like commander: at most three edits, and fewer than 60 % of the longer word's letters
    .filter(
      ({ name, distance }) =>
        distance <= 3 && distance < Math.max(letters(typed), letters(name)) * 0.6,
    )
    .sort((a, b) => a.distance - b.distance);
  const [best] = near;
  if (best) return `. Did you mean ${best.name}?`;
  const longer = names.filter((name) => typed.length > 2 && name.startsWith(typed));
  return longer.length === 1 ? `. Did you mean ${longer[0]}?` : "";
}

/** Counts letters to insert, delete, replace or swap (Damerau-Levenshtein, optimal alignment). */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? 0;
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, at(i - 2, j - 2) + 1);
      (rows[i] as number[])[j] = best;
    }
  }
  return at(a.length, b.length);
}
