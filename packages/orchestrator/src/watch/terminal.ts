import { clearScreenDown, cursorTo } from "node:readline";
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

/** Cuts a line to the terminal's width, so that none takes two. */
const fitted = (line: string, columns: number): string =>
  line.length <= columns ? line : `${line.slice(0, Math.max(0, columns - 1))}…`;

/**
 * Shows lines until nothing more comes: on a terminal in place, elsewhere those that are new as they come.
 * @param signal ends it before
 */
export async function showInTerminal(
  look: () => Promise<Shown>,
  out: Pick<WriteStream, "write" | "isTTY" | "columns" | "rows">,
  signal: AbortSignal,
): Promise<void> {
  let before: readonly string[] = [];
  while (!signal.aborted) {
    const { lines, over } = await look();
    if (out.isTTY) {
      cursorTo(out as WriteStream, 0, 0);
      const shown = over ? lines : lines.slice(0, Math.max(1, out.rows - 1));
      clearScreenDown(out as WriteStream);
      out.write(shown.map((line) => `${fitted(line, out.columns)}\n`).join(""));
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
    // Cut short where it is asked to end.
    await wait(everyMs, undefined, { signal }).catch(() => {});
  }
}
