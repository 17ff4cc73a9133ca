import {
  choiceText,
  planKernel,
  planVersion,
  shapeKey,
  type Choices,
  type DeviceTraits,
  type Gpu,
  type KernelUse,
  type RungChoice,
} from "@fledge/runtime";
import { z } from "zod";
import { UsageError } from "../config/resolve.ts";
import { planOf, type Chosen } from "../tuning/choose.ts";
import { parseJson } from "./read-records.ts";
import type { RunDirectory } from "./run-directory.ts";

const fileName = "kernels.json";

const recordSchema = z.object({
  kernel: z.string(),
  shape: z.unknown(),
  rung: z.string(),
  /** Constants that are set over the rung's own; absent in runs of earlier versions. */
  tile: z.record(z.string(), z.number()).exactOptional(),
  /** Of what the rung runs at this shape. */
  version: z.string(),
  by: z.enum(["tuned", "default"]),
  /** The kind of software driver it was chosen or timed for; absent on a GPU, and in runs of earlier versions. */
  softwareRoad: z.enum(["lanes", "uniform"]).exactOptional(),
});

/** One line of a run's `kernels.json`: a kernel and shape of its programs for full batches, and the rung that runs it. */
export type KernelRecord = z.infer<typeof recordSchema>;

/** @param traits of the device that it was chosen for */
export const kernelRecordOf = (chosen: Chosen, { softwareRoad }: Pick<DeviceTraits, "softwareRoad">): KernelRecord => {
  const plan = planOf(chosen);
  const { kernel, shape } = chosen.candidates;
  return {
    kernel,
    shape,
    rung: plan.rung,
    ...(plan.tile && { tile: plan.tile }),
    version: planVersion(plan),
    by: chosen.entry ? "tuned" : "default",
    ...(softwareRoad && { softwareRoad }),
  };
};

/** The records as `compile` takes them. */
export function choicesOf(records: readonly KernelRecord[]): Choices {
  const choices: Record<string, Record<string, RungChoice>> = {};
  for (const { kernel, shape, rung, tile } of records) (choices[kernel] ??= {})[shapeKey(shape)] = { rung, tile };
  return choices;
}

export const writeKernels = (run: RunDirectory, records: readonly KernelRecord[]): Promise<void> =>
  run.write(fileName, `[\n${records.map((record) => JSON.stringify(record)).join(",\n")}\n]\n`);

/** The software driver's kind in words. */
const roads = {
  lanes: "a software driver older than Mesa 25.1",
  uniform: "a software driver of Mesa 25.1 or newer",
} as const;

/** Why the records are of another kind of driver than this one, whose rungs would be slow here, or null. */
function otherRoad(records: readonly KernelRecord[], { softwareRoad }: DeviceTraits): string | null {
  const begun = records
    .map((record) => record.softwareRoad)
    .find((road) => road !== undefined && road !== softwareRoad);
  return begun === undefined
    ? null
    : `they were chosen for ${roads[begun]}, and this is ${softwareRoad ? roads[softwareRoad] : "a GPU"}; FLEDGE_DRIVER=system leaves out a newer lavapipe of this checkout`;
}

/** Why what a record names is not what it was, or null. */
function changeOf(
  { kernel: name, shape, rung, tile, version }: KernelRecord,
  uses: ReadonlyMap<string, KernelUse>,
  gpu: Pick<Gpu, "traits">,
): string | null {
  const use = uses.get(`${name} ${shapeKey(shape)}`);
  if (!use) return `no program runs ${name} on ${shapeKey(shape)} any more`;
  try {
    const plan = planKernel(use.kernel, use.shape, { device: gpu.traits, rung, tile });
    return planVersion(plan) === version ? null : `${choiceText({ rung, tile })} is another version of itself`;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * The rungs that a run began with; undefined where it holds no `kernels.json`.
 * @throws UsageError where the file is damaged, or they are not what they were: the run's bits would change halfway
 */
export async function readKernels(
  run: RunDirectory,
  gpu: Pick<Gpu, "traits">,
  uses: readonly KernelUse[],
): Promise<KernelRecord[] | undefined> {
  const text = await run.read(fileName);
  if (text === undefined) return undefined;
  const file = run.file(fileName);
  const mend = "restore it, or remove it to go on with kernels chosen anew, whose last bits may differ";
  const records = parseJson(text, z.array(recordSchema), file, mend);
  const known = new Map(uses.map((use) => [`${use.kernel.name} ${shapeKey(use.shape)}`, use]));
  const changes = new Set(
    [otherRoad(records, gpu.traits), ...records.map((record) => changeOf(record, known, gpu))].filter(
      (change) => change !== null,
    ),
  );
  const recorded = new Set(records.map(({ kernel, shape }) => `${kernel} ${shapeKey(shape)}`));
  for (const key of known.keys()) if (!recorded.has(key)) changes.add(`it did not run ${key.replace(" ", " on ")}`);
  if (changes.size === 0) return records;
  const [first] = changes;
  const more = changes.size > 1 ? `, and ${changes.size - 1} more` : "";
  throw new UsageError(
    `${file}: the kernels that this run began with are not those of this program on this adapter (${first}${more}). ` +
      "Go on with the commit, driver and adapter in environment.json, or remove kernels.json to go on with kernels chosen anew, whose last bits may differ",
  );
}
