import { z } from "zod";
import type { LadderResult } from "./ladder-result.ts";

const spread = z.object({ median: z.number(), p10: z.number(), p90: z.number(), samples: z.number() });

const measurement = z.object({
  outcome: z.literal("timed"),
  rung: z.string(),
  timeUs: spread,
  rateGflops: z.number(),
  rateGbps: z.number(),
});

const timedRung = measurement.extend({ flopPerByte: z.number().nullable(), worstError: z.number() });

const refusal = z.object({ outcome: z.enum(["unsupported", "failed"]), rung: z.string(), reason: z.string() });

/** A ladder as a file of results holds it. */
export const ladderSchema = z.object({
  adapter: z.object({ name: z.string(), driver: z.string(), software: z.boolean() }),
  environment: z.object({
    node: z.string().nullable(),
    browser: z.string().optional(),
    cpu: z.string(),
    cores: z.number(),
    commit: z.string().nullable(),
  }),
  mode: z.enum(["quick", "full"]),
  date: z.string(),
  cases: z.array(
    z.object({
      name: z.string(),
      shape: z.unknown(),
      flops: z.number(),
      leastBytes: z.number(),
      selected: z.string(),
      referenceUs: spread,
      ceilings: z.object({ fma: measurement, copy: measurement }),
      rungs: z.array(z.discriminatedUnion("outcome", [timedRung, refusal])),
    }),
  ),
}) satisfies z.ZodType<LadderResult>;
