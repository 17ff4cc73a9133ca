// A checkpoint whose content was changed: the message names the file and the tensor, and nothing is restored.
import { place, Sgd } from "@fledge/autograd";
import type { StoredTensor } from "@fledge/safetensors";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import { CheckpointError, checkpointOf, logText, restoreCheckpoint, type Checkpoint } from "../src/index.ts";
import { narrowModel } from "./networks.ts";

const gpu = await openTestGpu();
const model = narrowModel(gpu, 32, 2, 4);
const optimiser = new Sgd(model.network.parameters, { momentum: 0.9 });
place(gpu, optimiser.variables);
const progress = { epochsDone: 2, steps: 6, best: { accuracy: 0.5, epoch: 1 }, log: [] };
const whole = await checkpointOf(model, optimiser, progress);
const restore = (checkpoint: Checkpoint) => restoreCheckpoint(checkpoint, "last.safetensors", model, optimiser);

const momentum = "optimiser.momentum.conv1.weight";
/** The checkpoint with one tensor changed, or left out. */
function changed(name: string, change: (tensor: StoredTensor) => StoredTensor | null): Checkpoint {
  const tensors = new Map(whole.tensors);
  const tensor = change(tensors.get(name) ?? { shape: [1], data: Float32Array.of(0) });
  if (tensor) tensors.set(name, tensor);
  else tensors.delete(name);
  return { ...whole, tensors };
}
const logged = (line: string): Checkpoint =>
  changed("training.log", () => ({ shape: [line.length + 1], data: new Uint8Array(Buffer.from(`${line}\n`)) }));
const told = (text: string): Checkpoint => ({ ...whole, metadata: { progress: text } });

it("is restored as it is", () => {
  expect(restore(whole)).toEqual(progress);
});

it("gives its log back, numbers that JSON has not included, with the keys in their order", () => {
  const line = '{"accuracy":0.5,"kind":"step","epoch":0,"loss":null,"step":3,"added":"later"}';
  const { log } = restore(logged(line));
  expect(log).toEqual([{ kind: "step", epoch: 0, step: 3, loss: NaN, accuracy: 0.5, added: "later" }]);
  expect(logText(log)).toBe(`${line}\n`);
});

it.each<readonly [string, Checkpoint, string]>([
  ["without a tensor of the optimiser", changed(momentum, () => null), `tensor "${momentum}" is missing`],
  ["with one more", changed("optimiser.more", (tensor) => tensor), 'the optimiser has no tensor "optimiser.more"'],
  [
    "with one of another shape",
    changed(momentum, ({ data }) => ({ shape: [data.length], data })),
    `tensor "${momentum}" is [`,
  ],
  [
    "with one of another type",
    changed(momentum, ({ shape, data }) => ({ shape, data: new Uint32Array(data.length) })),
    `tensor "${momentum}" is not of type f32`,
  ],
  [
    "with NaN in the weights",
    changed("fc.bias", ({ shape }) => ({ shape, data: Float32Array.of(0, NaN) })),
    'tensor "fc.bias" holds NaN',
  ],
  ["without progress", { ...whole, metadata: {} }, 'its metadata hold no "progress"'],
  ["with progress that is no JSON", told('{"epochsDone"'), "is no JSON"],
  ...["null", "[]", '{"kind":"epoch","epoch":0}', '{"kind":"step","epoch":"0","step":1,"loss":1,"accuracy":1}'].map(
    (line): readonly [string, Checkpoint, string] => [
      `with ${line} in its log`,
      logged(line),
      '"training.log" is no log',
    ],
  ),
  ["with progress of another kind", told('{"epochsDone": -1, "steps": 3, "best": null}'), "at epochsDone"],
])("%s it is refused", (_what, checkpoint, reason) => {
  const attempt = (): unknown => restore(checkpoint);
  expect(attempt).toThrow(CheckpointError);
  expect(attempt).toThrow(/^last\.safetensors: [^]*restore it, or remove it/);
  expect(attempt).toThrow(reason);
});
