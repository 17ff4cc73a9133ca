import { resolve } from "node:path";
import { isThere } from "@fledge/files";
import { fingerprintOf, fingerprintsOf, printable, type Dataset, type FileFingerprint } from "@fledge/data";
import { z } from "zod";
import { UsageError } from "../config/resolve.ts";
import type { Config } from "../config/schema.ts";
import { programInUse } from "./code-version.ts";
import { parseJson } from "./read-records.ts";
import type { RunDirectory } from "./run-directory.ts";

const fileName = "inputs.json";

const fingerprint = { sizeBytes: z.number(), modifiedMs: z.number(), changedMs: z.number(), sha256: z.string() };

const weightsSchema = z.object({ given: z.string(), file: z.string(), ...fingerprint }).nullable();

const setSchema = z.object({
  /** As it was asked for, and where that was. */
  given: z.string(),
  folder: z.string(),
  samples: z.array(z.object({ path: z.string(), class: z.string(), ...fingerprint })),
});

const pinsSchema = z.object({
  labelled: setSchema,
  /** Null where there are none. */
  unlabelled: setSchema.nullable(),
  /** Null where the run starts from random weights, or nothing has read them yet. */
  weights: weightsSchema,
  /** The same of the networks of generations, by their place in `generations.networks`. */
  generationWeights: z.array(weightsSchema).default([]),
  code: z.object({
    commit: z.string(),
    sources: z.union([z.record(z.string(), z.string()), z.string()]),
    libraries: z.record(z.string(), z.string()).default({}),
  }),
  /** What changed since the run began and was accepted, in order. */
  accepted: z.array(z.object({ at: z.string(), changes: z.array(z.string()) })).default([]),
});

/** What a run began with: `inputs.json` of its folder. */
export type Pins = z.infer<typeof pinsSchema>;
type PinnedSet = Pins["labelled"];

const roles = ["labelled", "unlabelled"] as const;

/** What a run began with; undefined where it holds no `inputs.json`. @throws UsageError where the file is damaged */
export async function readPins(run: RunDirectory): Promise<Pins | undefined> {
  const text = await run.read(fileName);
  if (text === undefined) return undefined;
  const mend = "restore it, or remove it to go on with the images and weights that are there now";
  return parseJson(text, pinsSchema, run.file(fileName), mend);
}

export const writePins = (run: RunDirectory, pins: Pins): Promise<void> =>
  run.write(fileName, `${JSON.stringify(pins)}\n`);

async function pinSet(
  dataset: Dataset,
  given: string,
  before: PinnedSet | undefined,
  onImage: (() => void) | undefined,
): Promise<PinnedSet> {
  const known = new Map(before?.samples.map((sample) => [sample.path, sample]));
  const prints = await fingerprintsOf(dataset, known, onImage);
  const samples = dataset.samples.map(({ path, label }, index) => {
    const { sizeBytes, modifiedMs, changedMs, sha256 } = prints[index]!;
    return { path, class: dataset.classes[label]!, sizeBytes, modifiedMs, changedMs, sha256 };
  });
  return { given: before?.given ?? given, folder: resolve(given), samples };
}

/** A file of initial weights as it is now. */
async function pinWeights(weights: string | null, before?: Pins["weights"]): Promise<Pins["weights"]> {
  if (weights === null) return null;
  return {
    given: before?.given ?? weights,
    file: resolve(weights),
    ...(await fingerprintOf(weights, before ?? undefined)),
  };
}

/** Those of the networks of generations. */
const pinGenerations = ({ generations }: Config, before?: Pins): Promise<Pins["generationWeights"]> =>
  Promise.all(
    generations.networks.map((own, index) => pinWeights(own?.weights ?? null, before?.generationWeights[index])),
  );

/**
 * The inputs of a configuration and the program as they are now. With `before`, files whose size and times are unchanged are not read
 * again, and weights that nothing is going to read stay as they were pinned.
 * @param onImage called after each image
 */
export async function pinInputs(
  config: Config,
  data: Readonly<Record<(typeof roles)[number], Dataset>>,
  {
    before,
    weights = true,
    onImage,
  }: { readonly before?: Pins | undefined; readonly weights?: boolean; readonly onImage?: () => void } = {},
): Promise<Pins> {
  return {
    labelled: await pinSet(data.labelled, config.data.labelled, before?.labelled, onImage),
    unlabelled:
      config.data.unlabelled === null
        ? null
        : await pinSet(data.unlabelled, config.data.unlabelled, before?.unlabelled ?? undefined, onImage),
    weights: weights ? await pinWeights(config.network.weights, before?.weights) : (before?.weights ?? null),
    generationWeights: weights ? await pinGenerations(config, before) : (before?.generationWeights ?? []),
    code: await programInUse(),
    accepted: before?.accepted ?? [],
  };
}

/** What cannot be looked at may be there: whoever reads it says why. */
function mayBeThere(path: string): boolean {
  try {
    return isThere(path);
  } catch {
    return true;
  }
}

/** The configuration with every input where it lies now: where it was pinned, or else where its name leads from here. */
export function withPinnedPlaces(config: Config, pins: Pins): Config {
  const place = (pinned: string, given: string): string => (mayBeThere(pinned) || !mayBeThere(given) ? pinned : given);
  const placed = (pinned: Pins["weights"] | undefined, weights: string | null): string | null =>
    pinned ? place(pinned.file, pinned.given) : weights;
  const networks = config.generations.networks.map(
    (own, index) => own && { ...own, weights: placed(pins.generationWeights[index], own.weights ?? null) },
  );
  return {
    ...config,
    generations: { ...config.generations, networks },
    data: {
      ...config.data,
      labelled: place(pins.labelled.folder, pins.labelled.given),
      unlabelled: pins.unlabelled && place(pins.unlabelled.folder, pins.unlabelled.given),
    },
    network: { ...config.network, weights: placed(pins.weights, config.network.weights) },
  };
}

const mostNamed = 3;

function count(paths: readonly string[], what: string): string[] {
  if (paths.length === 0) return [];
  const named = paths.slice(0, mostNamed).map(printable).join(", ");
  return [`${paths.length} ${what} (${named}${paths.length > mostNamed ? ", ..." : ""})`];
}

function changesOfSet(before: PinnedSet, now: PinnedSet): string[] {
  const old = new Map(before.samples.map((sample) => [sample.path, sample]));
  const present = new Set(now.samples.map(({ path }) => path));
  const pathsWhere = (
    differs: (a: PinnedSet["samples"][number], b: PinnedSet["samples"][number]) => boolean,
  ): string[] =>
    now.samples
      .filter((sample) => old.has(sample.path) && differs(old.get(sample.path)!, sample))
      .map(({ path }) => path);
  return [
    ...count(
      now.samples.filter(({ path }) => !old.has(path)).map(({ path }) => path),
      "added",
    ),
    ...count(
      before.samples.filter(({ path }) => !present.has(path)).map(({ path }) => path),
      "removed",
    ),
    ...count(
      pathsWhere((a, b) => a.sha256 !== b.sha256),
      "changed",
    ),
    ...count(
      pathsWhere((a, b) => a.class !== b.class),
      "of another class",
    ),
  ];
}

const sameFile = (a: FileFingerprint, b: FileFingerprint): boolean => a.sha256 === b.sha256;

/** What differs between two states of a run's images and weights, a sentence each; empty where nothing does. */
export function changesOfInputs(before: Pins, now: Pins): string[] {
  const sets = roles.flatMap((role) => {
    const [old, set] = [before[role], now[role]];
    // A run that has no unlabelled images yet takes those that it is given.
    const changes = old && set ? changesOfSet(old, set) : [];
    return changes.length === 0 ? [] : [`${role} images in ${printable(set!.folder)}: ${changes.join(", ")}`];
  });
  const weights = now.generationWeights.flatMap((file, index) =>
    changeOfWeights(before.generationWeights[index] ?? null, file, ` of generation ${index + 1}`),
  );
  return [...sets, ...changeOfWeights(before.weights, now.weights), ...weights];
}

function changeOfWeights(before: Pins["weights"], now: Pins["weights"], whose = ""): string[] {
  if (before === null || now === null || sameFile(before, now)) return [];
  return [`initial weights${whose}: ${now.file} (sha256 ${now.sha256}, was ${before.sha256})`];
}

/**
 * Holds the initial weights against those that a run began with, right before they are read: hours may have passed
 * since its command began. @param generation whose own they are; null for `network`'s @throws UsageError
 */
export async function requirePinnedWeights(
  run: RunDirectory,
  file: string,
  generation: number | null = null,
): Promise<void> {
  const pins = await readPins(run);
  const pinned = generation === null ? pins?.weights : pins?.generationWeights[generation - 1];
  if (!pinned) return;
  const { sha256 } = await fingerprintOf(file, pinned);
  if (sha256 === pinned.sha256) return;
  throw new UsageError(
    `${file} is not the file of initial weights that this run began with (sha256 ${sha256}, was ${pinned.sha256}): put that back and go on with --resume`,
  );
}

/** True where both data sets hold the same images, file for file, under whatever names. */
export function sameImages({ labelled, unlabelled }: Pins): boolean {
  if (unlabelled === null) return false;
  const hashes = ({ samples }: PinnedSet): string => [...new Set(samples.map(({ sha256 }) => sha256))].sort().join(" ");
  return hashes(labelled) === hashes(unlabelled);
}
