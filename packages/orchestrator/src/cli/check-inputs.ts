import { UsageError } from "../config/resolve.ts";
import { changesOfProgram } from "../run/code-version.ts";
import { changesOfInputs, sameImages, type Pins } from "../run/pins.ts";
import { log } from "./log.mjs";
import type { AcceptanceFlags } from "./options.ts";

const dataMend =
  "Put back what it began with, name the place of moved folders with --labelled and --unlabelled, " +
  "begin another run, or go on all the same with --accept-changed-data";

const codeMend =
  "Check out the commit that it began with, begin another run, or go on with this program, whose last bits may differ, " +
  "with --accept-changed-code";

/**
 * Holds a run's inputs and program against those it began with, none where it begins, and gives what is to be kept as
 * its pins.
 * @throws UsageError, saying what differs, unless changes are accepted
 */
export function checkInputs(
  before: Pins | undefined,
  now: Pins,
  { acceptChangedData, acceptChangedCode }: AcceptanceFlags,
): Pins {
  if (sameImages(now))
    log.warn(
      "the labelled and the unlabelled set hold the same images: give CUB-200 (2010) with --labelled and CUB-200-2011 with --unlabelled",
    );
  if (before === undefined) return now;
  const data = changesOfInputs(before, now);
  const code = changesOfProgram(before.code, now.code);
  const mends = [
    ...(data.length > 0 && !acceptChangedData ? [dataMend] : []),
    ...(code.length > 0 && !acceptChangedCode ? [codeMend] : []),
  ];
  const changes = [...data, ...code];
  if (mends.length > 0)
    throw new UsageError(["this run did not begin with what is here now.", ...changes, ...mends].join("\n"));
  if (changes.length === 0) return { ...now, code: before.code };
  for (const change of changes) log.warn(`accepted, not what the run began with: ${change}`);
  return { ...now, accepted: [...before.accepted, { at: new Date().toISOString(), changes }] };
}
