/** What the page keeps in the visitor's browser; nothing where the browser keeps nothing. */
export function readKept<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(`fledge-lab/${key}`) ?? "null") as T | null;
  } catch {
    return null;
  }
}

export function keep(key: string, value: unknown): void {
  try {
    localStorage.setItem(`fledge-lab/${key}`, JSON.stringify(value));
  } catch {
    // Full, or forbidden: the page works without.
  }
}
