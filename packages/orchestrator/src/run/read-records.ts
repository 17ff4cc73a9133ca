import { metricSchema, type MetricRecord } from "@fledge/training";
import { z } from "zod";
import { UsageError } from "../config/resolve.ts";
import { isModelName, type EvaluationRecord, type ModelName, type ResultsRecord } from "./records.ts";

/**
 * Parses a run's JSON file.
 * @param mend what a person can do about a damaged one
 * @throws UsageError naming the file, what is wrong and the mend
 */
export function parseJson<T>(text: string, schema: z.ZodType<T>, file: string, mend: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${file} is no JSON: ${mend}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UsageError(`${file} is damaged: ${mend}\n${z.prettifyError(parsed.error)}`);
}

/** JSON has no NaN and no infinite numbers: a measurement that was one is written as null. */
const measured = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);

const count = z.int().min(0);

const model = z.custom<ModelName>((name) => typeof name === "string" && isModelName(name), "no model of a run");

/** A model on one task. */
export const evaluationSchema = z.looseObject({
  model,
  task: z.enum(["target", "robustness"]),
  images: count,
  accuracies: z.array(z.number()),
  mean: z.number(),
  deviation: z.number(),
  correct: z.array(z.string().regex(/^[01]*$/)).exactOptional(),
  imagesSha256: z.string().exactOptional(),
}) satisfies z.ZodType<EvaluationRecord>;

/** `results.json`. */
export const resultsSchema = z.looseObject({
  evaluations: z.array(evaluationSchema),
  bestValidation: z.partialRecord(model, z.looseObject({ accuracy: measured, epoch: count })),
  pseudoLabelAccuracy: z.number().nullable().exactOptional(),
  laterPseudoLabelAccuracies: z.record(z.string(), z.number().nullable()).exactOptional(),
}) satisfies z.ZodType<ResultsRecord>;

/** A model's log as its file holds it. */
export interface Log {
  readonly records: readonly MetricRecord[];
  /** Whether an interruption cut the last line short, which is then left out. */
  readonly torn: boolean;
}

function parseLine(line: string): MetricRecord | undefined {
  try {
    return metricSchema.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

/** Reads a `metrics.jsonl`. @throws UsageError naming the file and the line that is damaged; a torn last one is none */
export function parseLog(text: string, file: string): Log {
  const lines = text.split("\n");
  const last = lines.pop()!; // What follows the last line feed: nothing, or a line cut short.
  const records = lines.flatMap((line, index) => {
    if (line === "") return [];
    const record = parseLine(line);
    if (record) return [record];
    throw new UsageError(
      `${file}, line ${index + 1} is no record of a step or an epoch: restore the file, or remove that line, whose numbers the report then lacks`,
    );
  });
  const whole = last === "" ? undefined : parseLine(last);
  return { records: whole ? [...records, whole] : records, torn: last !== "" && !whole };
}
