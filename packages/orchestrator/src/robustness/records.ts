import { z } from "zod";
import { robustnessSchema } from "../config/robustness-schema.ts";
import { parseJson } from "../run/read-records.ts";
import type { RunDirectory } from "../run/run-directory.ts";
import type { Measured } from "./family.ts";

const fileName = "robustness.json";

/** JSON has no NaN and no infinite numbers: a measurement that was one is written as null. */
const measured = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);

const recordSchema = z.object({
  model: z.string(),
  /** sha256 of the model's weights. */
  checksum: z.string(),
  family: z.string(),
  case: z.string(),
  /** Hash of what decides the numbers besides the weights: the case's settings, the seed and the images. */
  key: z.string(),
  images: z.int().min(0),
  seconds: measured,
  values: z.record(z.string(), measured),
  lists: z.record(z.string(), z.array(measured)).exactOptional(),
  correct: z
    .string()
    .regex(/^[01]*$/)
    .exactOptional(),
  /** Pictures below the run's folder, the image's path in its data set, and the names of its own class and the taken one. */
  shown: z
    .array(
      z.object({
        file: z.string(),
        original: z.string().exactOptional(),
        difference: z.string().exactOptional(),
        image: z.string(),
        label: z.string(),
        taken: z.string(),
      }),
    )
    .exactOptional(),
});

/** One case of one model, as `robustness.json` of its run holds it. */
export type RobustnessRecord = z.infer<typeof recordSchema>;

const fileSchema = z.object({
  /** The model that mCE and the like hold the others against. */
  reference: z.string(),
  /** Test images that were looked at, and how many there are. */
  images: z.object({ taken: z.int(), of: z.int() }),
  /** The settings of the latest command, of which the report tells. */
  settings: robustnessSchema,
  /** The names of the classes. */
  classes: z.array(z.string()),
  records: z.array(recordSchema),
});

/** What `fledge robustness` has measured of a run's models so far. */
export type RobustnessFile = z.infer<typeof fileSchema>;

/** Undefined before the first measurement. @throws UsageError where the file is damaged */
export async function readRobustness(run: RunDirectory): Promise<RobustnessFile | undefined> {
  const text = await run.read(fileName);
  if (text === undefined) return undefined;
  return parseJson(text, fileSchema, run.file(fileName), "restore it, or remove it to measure the models again");
}

/** A record a line, so that a change shows as one. */
export async function writeRobustness(run: RunDirectory, { records, ...head }: RobustnessFile): Promise<void> {
  const start = JSON.stringify(head).slice(0, -1);
  const lines = records.map((record) => JSON.stringify(record)).join(",\n");
  await run.write(fileName, `${start},"records":[\n${lines}\n]}\n`);
}

/** What the records say of one model in one family, by case. */
export function measuredOf(records: readonly RobustnessRecord[], model: string, family: string): Measured {
  const own = records.filter((record) => record.model === model && record.family === family);
  return new Map(own.map((record) => [record.case, record]));
}
