const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z]/g, "");

/** How many letters must be changed, added or left out to turn one word into another (Levenshtein's distance). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1])));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The name that may have been meant by one that is none: at most two letters off, whatever their case; or undefined. */
export function closestName(name: string, names: readonly string[]): string | undefined {
  const [closest] = names
    .map((one) => ({ one, off: distance(plain(name), plain(one)) }))
    .filter(({ off }) => off <= 2)
    .sort((a, b) => a.off - b.off);
  return closest?.one;
}
