import type { LogitsShape } from "../src/index.ts";

/** Logits of a training step of the paper's network, and of an evaluation on ImageNet's classes. */
export const batches: Readonly<Record<string, LogitsShape>> = {
  "CUB-200, batch 32": { N: 32, C: 200 },
  "ImageNet, batch 128": { N: 128, C: 1000 },
};

/** The same batches with more fields to each. */
export const withOptions = <Options extends object>(options: Options): Record<string, LogitsShape & Options> =>
  Object.fromEntries(Object.entries(batches).map(([name, shape]) => [name, { ...shape, ...options }]));
