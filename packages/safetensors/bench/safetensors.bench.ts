import { rmSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchFunctions } from "@fledge/bench";
import { readSafetensors, writeSafetensors } from "../src/index.ts";

/** 98 MB in 320 tensors, as ResNet-50's state_dict. */
const tensors = new Map(
  Array.from(
    { length: 320 },
    (_, index) =>
      [`layer${index}.weight`, { shape: [25, 3064], data: new Float32Array(25 * 3064).fill(index) }] as const,
  ),
);
const directory = mkdtempSync(join(tmpdir(), "safetensors-bench-"));
const file = join(directory, "weights.safetensors");
try {
  await writeSafetensors(file, tensors);
  await benchFunctions({
    title: "safetensors, 98 MB in 320 tensors",
    tasks: { write: () => writeSafetensors(file, tensors), read: () => readSafetensors(file) },
    work: { count: 98.048, unit: "MB" },
  });
} finally {
  rmSync(directory, { recursive: true });
}
