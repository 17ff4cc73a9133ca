import { parseArgs, type ParseArgsConfig } from "node:util";
import { isPlain } from "./plain-errors.ts";

/** An option, or what it names, that the person at the command line can set right. */
export class OptionsError extends Error {
  override readonly name = "OptionsError";
}

type Flags = NonNullable<ParseArgsConfig["options"]>;

/** The values of a script's options, as `parseArgs` of Node has them. @throws OptionsError on any other argument */
export function flagsOf<T extends Flags>(args: readonly string[], options: T) {
  try {
    return parseArgs({ args: [...args], options, strict: true }).values;
  } catch (error) {
    throw new OptionsError((error as Error).message, { cause: error });
  }
}

/** The known names that an option gives, in the order in which they are known; all where it is not given. @throws OptionsError */
export function listOf<T extends string>(
  option: string,
  given: readonly string[] | undefined,
  known: readonly T[],
): readonly T[] {
  if (given === undefined) return known;
  const unknown = given.find((name) => !(known as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw new OptionsError(`--${option} ${given.join(",")}: "${unknown}" is none of ${known.join(", ")}`);
  return known.filter((name) => given.includes(name));
}

/** @throws OptionsError where the text is no whole number, or below the least */
export function wholeNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < least)
    throw new OptionsError(`--${option} ${text}: give a whole number from ${least}`);
  return value;
}

/**
 * Runs a script on its command line: --help prints how it is used; what a person can mend is told in a sentence, and the exit
 * code is 1.
 */
export async function runCommand(usage: string, command: (args: readonly string[]) => unknown): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes("--help") || args.includes("-h")) return console.log(usage);
  try {
    await command(args);
  } catch (error) {
    if (!isPlain(error)) throw error;
    console.error(error instanceof OptionsError ? `${error.message}\n(--help lists the options)` : error.message);
    process.exitCode = 1;
  }
}
