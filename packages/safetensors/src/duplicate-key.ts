/** Index behind the string that begins at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/**
 * A key that stands twice in one object of `text`, or null. JSON.parse keeps the last of equal keys, so two readers
 * could see two different files. By a loop over characters: a regular expression overflows its stack on long strings.
 * @param text JSON that parses
 */
export function duplicateKey(text: string): string | null {
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "{") open.push(new Set());
    else if (text[at] === "}") open.pop();
    else if (text[at] === '"') {
      const end = endOfString(text, at);
      let next = end;
      while (" \t\r\n".includes(text[next]!)) next += 1;
      if (text[next] === ":") {
        const key = JSON.parse(text.slice(at, end)) as string;
        const keys = open.at(-1)!;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end - 1;
    }
  }
  return null;
}
