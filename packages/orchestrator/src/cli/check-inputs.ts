import { UsageError } from "../config/resolve.ts";
import { hashOfSources } from "../run/code-version.ts";
import { changesOfInputs, sameImages, type Pins } from "../run/pins.ts";
import { log } from "./log.ts";

/**
 * Holds a run's inputs against those it began with, none where it begins, and gives what is to be kept as its pins.
 * @throws UsageError, saying what differs, unless changes are accepted
 */
export function checkInputs(before: Pins | undefined, now: Pins, acceptChanges: boolean): Pins {
  if (sameImages(now))
    log.warn(
      "the labelled and the unlabelled set hold the same images: give CUB-200 (2010) with --labelled and CUB-200-2011 with --unlabelled",
    );
  if (before === undefined) return now;
  if (before.code.sources !== hashOfSources())
    log.warn(
      `the program is not the one that this run began with (commit ${before.code.commit}): its last bits may differ`,
    );
  const changes = changesOfInputs(before, now);
  if (changes.length === 0) return now;
  if (!acceptChanges) {
    throw new UsageError(
      `this run did not begin with these inputs.\n${changes.join("\n")}\n` +
        "Put back what it began with, name the place of moved folders with --labelled and --unlabelled, " +
        "begin another run, or go on all the same with --accept-changed-data",
    );
  }
  for (const change of changes) log.warn(`accepted, not what the run began with: ${change}`);
  return { ...now, accepted: [...before.accepted, { at: new Date().toISOString(), changes }] };
}
