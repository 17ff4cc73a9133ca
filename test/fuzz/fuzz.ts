import { random } from "@fledge/random";
import { mutate } from "./mutate.ts";
import type { Reader } from "./reader.ts";

/**
 * What became of a mutated file: read to a seed's content; read to other content, which nothing in the file shows to be
 * damage; refused with a reason that names it. The rest are faults: another error, a refusal that does not name the
 * file, other content in spite of the file's checksums.
 */
export const outcomes = ["same", "other", "refused", "crash", "unnamed", "wrong"] as const;

export type Outcome = (typeof outcomes)[number];

export const isFault = (outcome: Outcome): boolean => !["same", "other", "refused"].includes(outcome);

export interface Judged {
  readonly outcome: Outcome;
  /** The error's message, or what is wrong. */
  readonly reason: string;
}

/** The mutated file of a number: the same for the same seed. */
export const inputOf = (reader: Reader, seed: number, index: number): Buffer =>
  mutate(reader.seeds, random(seed, `fuzz ${reader.name}`, index));

function judgeError(reader: Reader, error: unknown): Judged {
  if (!(error instanceof Error)) return { outcome: "crash", reason: String(error) };
  // TypeErrors and their like are what a reader that checks nothing ends in.
  const crashed = [TypeError, RangeError, SyntaxError, ReferenceError].some((kind) => error instanceof kind);
  if (crashed || !reader.refusals.some((kind) => error instanceof kind))
    return { outcome: "crash", reason: error.stack ?? error.message };
  return { outcome: error.message.includes(reader.origin) ? "refused" : "unnamed", reason: error.message };
}

/** Reads one file and says what became of it. @param known digests of the seeds' content */
export async function judge(reader: Reader, bytes: Buffer, known: ReadonlySet<string>): Promise<Judged> {
  try {
    const content = await reader.read(bytes);
    if (known.has(content)) return { outcome: "same", reason: "" };
    if (!reader.checked(bytes)) return { outcome: "other", reason: "" };
    return { outcome: "wrong", reason: "other content passes the checksums" };
  } catch (error) {
    return judgeError(reader, error);
  }
}

/** The seeds' content. @throws where a seed is refused */
export async function contentsOf(reader: Reader): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const seed of reader.seeds) known.add(await reader.read(seed));
  return known;
}
