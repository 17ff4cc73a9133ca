import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readCheckpoint } from "@fledge/orchestrator/src/run/checkpoints.ts";
import { SafetensorsError, writeSafetensors, type StoredTensor } from "@fledge/safetensors";
import { CheckpointError, logText, progressOf, type MetricRecord } from "@fledge/training";
import { digest, type Reader } from "../reader.ts";
import { scratch } from "./scratch.ts";

const log: MetricRecord[] = [
  { kind: "step", epoch: 0, step: 10, loss: 2.5, accuracy: 0.125 },
  { kind: "step", epoch: 0, step: 20, loss: NaN, accuracy: 0.25 },
];
const progress = JSON.stringify({ epochsDone: 1, steps: 20, best: { accuracy: 0.25, epoch: 0 } });
const bytesOf = (text: string): StoredTensor => {
  const data = new Uint8Array(Buffer.from(text));
  return { shape: [data.length], data };
};

const file = join(scratch, "last.safetensors");
await writeSafetensors(
  file,
  new Map<string, StoredTensor>([
    ["conv1.weight", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ["optimiser.step", { shape: [1], data: Uint32Array.of(20) }],
    ["training.log", bytesOf(logText(log))],
  ]),
  { progress },
);

/** A checkpoint of a run, whose checksum covers all of it. */
export const checkpoint: Reader = {
  name: "checkpoint",
  seeds: [readFileSync(file)],
  refusals: [SafetensorsError, CheckpointError],
  origin: file,
  checked: () => true,
  async read(bytes) {
    writeFileSync(file, bytes);
    const { checkpoint: kept, progress: known } = await readCheckpoint(file);
    const tensors = [...kept.tensors].flatMap(([name, { shape, data }]) => [
      `${name}[${shape.join(",")}]`,
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    ]);
    return digest(...tensors, JSON.stringify(known));
  },
};

/** What a checkpoint says of its training, past its checksum: the progress in a line, then the log. */
export const checkpointProgress: Reader = {
  name: "checkpoint-progress",
  seeds: [Buffer.from(`${progress}\n${logText(log)}`)],
  refusals: [CheckpointError],
  origin: file,
  checked: () => false,
  read(bytes) {
    const text = bytes.toString("latin1");
    const end = text.includes("\n") ? text.indexOf("\n") : text.length;
    const tensors = new Map([["training.log", bytesOf(text.slice(end + 1))]]);
    return digest(JSON.stringify(progressOf({ tensors, metadata: { progress: text.slice(0, end) } }, file)));
  },
};
