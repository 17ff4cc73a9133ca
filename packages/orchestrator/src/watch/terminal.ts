import { setTimeout as wait } from "node:timers/promises";
import type { WriteStream } from "node:tty";

/** What a terminal shows of something that goes on. */
export interface Shown {
  readonly lines: readonly string[];
  /** True where nothing more will come. */
  readonly over: boolean;
}

/** How often is looked. */
const everyMs = 1000;

/** Where a line's further rows begin. */
const indent = "    ";

/** To the first place, and all below it empty: written with the lines in one piece, so that nothing flickers. */
const cleared = "\u001b[H\u001b[J";

/** A line as rows of a terminal so wide, broken between words where it can be. */
export function wrapped(line: string, columns: number): string[] {
  const width = columns > 0 ? columns : 80; // Some terminals tell none.
  const rows: string[] = [];
  let rest = line;
  while (rest.length > width) {
    const space = rest.lastIndexOf(" ", width);
    const at = space > rest.search(/\S/) ? space : width;
    rows.push(rest.slice(0, at).trimEnd());
    rest = (indent.length < width ? indent : "") + rest.slice(at).trimStart();
  }
  return [...rows, rest];
}

/** A terminal's rows; some tell none. */
const rowsOf = ({ rows }: Pick<WriteStream, "rows">): number => (rows > 0 ? rows : 24);

/** The lines' rows that a terminal has room for; the last says how many more there are. */
function fitted(lines: readonly string[], out: Pick<WriteStream, "columns" | "rows">): string[] {
  const all = lines.flatMap((line) => wrapped(line, out.columns));
  const room = Math.max(1, rowsOf(out) - 1);
  return all.length <= room ? all : [...all.slice(0, room - 1), `(${all.length - room + 1} more lines)`];
}

type Out = Pick<WriteStream, "write" | "isTTY" | "columns" | "rows" | "on" | "off">;

/** Waits for the next look: a second, or until the terminal has another size. */
async function nextLook(out: Out, signal: AbortSignal): Promise<void> {
  const resized = new AbortController();
  const wake = (): void => resized.abort();
  if (out.isTTY) out.on("resize", wake);
  // Cut short where it is asked to end.
  await wait(everyMs, undefined, { signal: AbortSignal.any([signal, resized.signal]) }).catch(() => {});
  if (out.isTTY) out.off("resize", wake);
}

/**
 * Shows lines until nothing more comes: on a terminal in place, elsewhere those that are new as they come.
 * @param signal ends it before
 */
export async function showInTerminal(look: () => Promise<Shown>, out: Out, signal: AbortSignal): Promise<void> {
  let before: readonly string[] = [];
  // What stood on the screen goes up, where it can be scrolled to.
  if (out.isTTY) out.write("\n".repeat(rowsOf(out)));
  while (!signal.aborted) {
    const { lines, over } = await look();
    if (out.isTTY) {
      const rows = over ? lines.flatMap((line) => wrapped(line, out.columns)) : fitted(lines, out);
      out.write(`${cleared}${rows.join("\n")}\n`);
    } else {
      const known = new Set(before);
      out.write(
        lines
          .filter((line) => !known.has(line))
          .map((line) => `${line}\n`)
          .join(""),
      );
    }
    before = lines;
    if (over) return;
    await nextLook(out, signal);
  }
}
