// A results file that a page is written from again.
import { readFileSync } from "node:fs";
import { OptionsError } from "@fledge/bench/command-line";
import { z } from "zod";
import type { PeersResult } from "./results.ts";

const count = z.int().min(0);
const convShape = z.object({
  N: count,
  IH: count,
  IW: count,
  IC: count,
  OC: count,
  KH: count,
  KW: count,
  stride: z.int().min(1),
  padding: count,
});

const task = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("conv"),
    direction: z.enum(["forward", "gradInput", "gradWeight"]),
    shape: convShape,
  }),
  z.object({ kind: z.literal("batchnorm"), shape: z.object({ N: count, H: count, W: count, C: count }) }),
  z.object({
    kind: z.enum(["forward", "train"]),
    batch: count,
    side: count,
    classes: count,
    learningRate: z.number(),
    momentum: z.number(),
  }),
]);

const peersResult = z.object({
  date: z.string(),
  environment: z.object({ node: z.string(), cpu: z.string(), cores: z.number(), commit: z.string().nullable() }),
  adapter: z.object({ name: z.string(), driver: z.string(), software: z.boolean() }),
  settings: z.object({ command: z.string(), rounds: count, slowRounds: count }),
  contenders: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      versions: z.record(z.string(), z.string()),
      absent: z.string().exactOptional(),
    }),
  ),
  cases: z.array(
    z.object({
      name: z.string(),
      task,
      tolerance: z.number(),
      entries: z.array(
        z.object({
          contender: z.string(),
          samplesMs: z.array(z.number().nullable()),
          repeats: count,
          difference: z.number().nullable(),
          error: z.string().exactOptional(),
        }),
      ),
    }),
  ),
}) satisfies z.ZodType<PeersResult>;

/** @throws OptionsError where the file cannot be read or holds no results */
export function readResults(file: string): PeersResult {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new OptionsError(`--from ${file}: ${(error as Error).message}`, { cause: error });
  }
  const parsed = peersResult.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new OptionsError(
    `--from ${file}: it holds no results of this command, or damaged ones; they are in bench/results/peers-*.json\n${z.prettifyError(parsed.error)}`,
  );
}
