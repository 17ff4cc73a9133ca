import { z } from "zod";
import type { EpochRecord, MetricRecord } from "./records.ts";

/** JSON has no NaN and no infinite numbers: a measurement that was one is written as null. */
const measured = z
  .number()
  .nullable()
  .transform((value) => value ?? NaN);

const count = z.int().min(0);

const step = z.looseObject({
  kind: z.literal("step"),
  epoch: count,
  step: count,
  loss: measured,
  accuracy: measured,
  lossScale: measured.exactOptional(),
  skipped: z.boolean().exactOptional(),
}) satisfies z.ZodType<MetricRecord>;

const epoch = z
  .looseObject({
    kind: z.literal("epoch"),
    epoch: count,
    phase: z.string(),
    learningRate: measured,
    trainLoss: measured,
    trainAccuracy: measured,
    validationLoss: measured,
    validationAccuracy: measured,
    pseudoLabelAccuracy: measured.exactOptional(),
    keptShare: measured.exactOptional(),
    lossScale: measured.exactOptional(),
    skippedSteps: count.exactOptional(),
    best: z.boolean(),
    images: count,
    seconds: measured,
    imagesPerSecond: measured,
    dataWaitSeconds: measured,
  })
  .readonly() satisfies z.ZodType<EpochRecord>;

/** A line of a log; what a later version may add stays. */
export const metricSchema = z.discriminatedUnion("kind", [step, epoch]);
