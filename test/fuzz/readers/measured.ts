import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readLadders } from "@fledge/bench";
import { loadCase } from "@fledge/golden-cases";
import { digest, type Reader } from "../reader.ts";
import { scratch } from "./scratch.ts";

const adapter = { name: "an adapter", driver: "1.2", software: true };
const timing = { median: 1, p10: 0.5, p90: 2, samples: 5 };
const measured = { outcome: "timed", rung: "01-naive", timeUs: timing, rateGflops: 1, rateGbps: 2 };
const ladder = {
  adapter,
  environment: { node: "v20", cpu: "a processor", cores: 2, commit: null },
  mode: "quick",
  date: "2026-11-22",
  cases: [
    {
      name: "small",
      shape: { N: 2 },
      flops: 10,
      leastBytes: 20,
      selected: "01-naive",
      referenceUs: timing,
      ceilings: { fma: measured, copy: measured },
      rungs: [
        { ...measured, flopPerByte: null, worstError: 0.5 },
        { outcome: "failed", rung: "02-tiled", reason: "its error" },
      ],
    },
  ],
};
const ladderFile = join(scratch, "results.json");

/** Results of benchmarks: what is kept of a kernel, and the baseline. */
export const benchResults: Reader = {
  name: "bench-results",
  seeds: [Buffer.from(`${JSON.stringify({ conv2d: ladder, functions: { results: {} } }, null, 2)}\n`)],
  refusals: [Error],
  origin: ladderFile,
  checked: () => false,
  read(bytes) {
    writeFileSync(ladderFile, bytes);
    return digest(JSON.stringify(readLadders(ladderFile)));
  },
};

const goldenCase = join(import.meta.dirname, "../../conformance/cases/softmax_cross_entropy_hard_1x7");
const caseFolder = join(scratch, "case");
mkdirSync(caseFolder);
copyFileSync(join(goldenCase, "tensors.safetensors"), join(caseFolder, "tensors.safetensors"));

/** A golden case: its case.json beside sound tensors, which it names. */
export const caseFile: Reader = {
  name: "case.json",
  seeds: [readFileSync(join(goldenCase, "case.json"))],
  refusals: [Error],
  origin: caseFolder,
  checked: () => false,
  read(bytes) {
    writeFileSync(join(caseFolder, "case.json"), bytes);
    const golden = loadCase(caseFolder);
    const { name, op, attributes, inputs, outputs, gradients, optional } = golden;
    const tolerances = outputs.map((output) => [golden.toleranceOf(output), golden.floorOf(output)]);
    return digest(JSON.stringify([name, op, attributes, inputs, outputs, gradients, optional, tolerances]));
  },
};
