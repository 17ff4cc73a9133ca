/** A field of a rung's header: `Change`, and its text in one line. */
export interface HeaderField {
  readonly name: string;
  readonly text: string;
}

/** A module's header, field by field, and its code: what stands below the first lines of comment, and how many those are. */
export function splitHeader(source: string): {
  readonly fields: readonly HeaderField[];
  readonly code: string;
  readonly headerLines: number;
} {
  const [header] = /^(?:\/\/.*\n)*/.exec(source)!;
  const fields: { name: string; text: string }[] = [];
  for (const line of header.split("\n").slice(1)) {
    const [, name, text] = /^\/\/ ([A-Z]\w*)\s+(.*)$/.exec(line) ?? [];
    if (name !== undefined && text !== undefined) fields.push({ name, text });
    else if (fields.length > 0) fields.at(-1)!.text += `\n${line.replace(/^\/\/\s*/, "")}`;
  }
  return {
    // An arrow of two characters may be torn apart at the end of a line.
    fields: fields.map(({ name, text }) => ({ name, text: text.trimEnd().replaceAll("->", "→") })),
    code: source.slice(header.length),
    headerLines: header.split("\n").length - 1,
  };
}
