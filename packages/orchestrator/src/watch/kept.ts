import { stat } from "node:fs/promises";
import { readIfThere, saysAbsent } from "../run/if-there.ts";

/** A file's size and time, or why they cannot be told; empty where it is not there. */
export const markOf = (file: string): Promise<string> =>
  stat(file).then(
    ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
    (error: Error) => (saysAbsent(error) ? "" : error.message),
  );

/** What was read of files, kept for as long as they do not change. */
export class KeptFiles {
  readonly #kept = new Map<string, { readonly mark: string; readonly value: unknown }>();

  /**
   * What `parse` makes of a file's text, the same for all who ask of that file; undefined where it is not there. The
   * mark is taken first: of a file that is written meanwhile the next look sees another. @throws as `readIfThere` does
   */
  async of<T>(file: string, parse: (text: string) => T): Promise<T | undefined> {
    const mark = await markOf(file);
    if (mark === "") return undefined;
    const kept = this.#kept.get(file);
    if (kept?.mark === mark) return kept.value as T;
    const text = await readIfThere(file);
    if (text === undefined) return undefined;
    const value = parse(text);
    this.#kept.set(file, { mark, value });
    return value;
  }
}

/** Pictures, kept for as long as what they show does not change: drawing one takes far longer than comparing. */
export class KeptPictures {
  readonly #kept = new Map<string, { readonly data: string; readonly picture: string }>();

  /** @param name tells it from the others of the page */
  of(name: string, data: object, draw: () => string): string {
    const text = JSON.stringify(data);
    const kept = this.#kept.get(name);
    if (kept?.data === text) return kept.picture;
    const picture = draw();
    this.#kept.set(name, { data: text, picture });
    return picture;
  }
}
