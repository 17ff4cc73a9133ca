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

/** Forgets all whose key begins with `start`. */
export function forget(start: string): void {
  try {
    for (const key of Object.keys(localStorage))
      if (key.startsWith(`fledge-lab/${start}`)) localStorage.removeItem(key);
  } catch {
    // Nothing was kept.
  }
}
