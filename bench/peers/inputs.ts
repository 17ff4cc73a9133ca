// The numbers that every contender is given, made once and handed over in files.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "@fledge/random";
import { resnet50, toTorch } from "@fledge/resnet";
import { writeSafetensors, type StoredTensor } from "@fledge/safetensors";
import { outputSide, type NetworkTask, type Task } from "./tasks.ts";

/** Paths by tensor: raw little-endian f32 (`labels`: i32) in Fledge's layouts; `weights` is a safetensors file in PyTorch's. */
export type InputFiles = Readonly<Record<string, string>>;

const normal = (purpose: string, count: number, scale = 1): Float32Array<ArrayBuffer> => {
  const draw = random(1, purpose);
  return Float32Array.from({ length: count }, () => scale * draw.normal());
};

/**
 * ResNet-50 under torchvision's names. BatchNorm gets weights and running moments that differ from channel to channel,
 * so that mixing two of them up shows, and residual branches small enough that the activations keep their size.
 */
async function writeWeights(folder: string, { classes }: NetworkTask): Promise<string> {
  const file = join(folder, `resnet50-${classes}.safetensors`);
  if (existsSync(file)) return file;
  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape, role, initial } of resnet50({ classes, seed: 1 }).variables) {
    const draw = random(1, `peers ${name}`);
    const isNorm = shape.length === 1 && !name.startsWith("fc.");
    const centre = /(weight|running_var)$/.test(name) ? (name.endsWith("bn3.weight") ? 0.2 : 1) : 0;
    const values = isNorm
      ? Float32Array.from({ length: shape[0]! }, () => centre + 0.1 * (draw.float() - 0.5))
      : (initial() as Float32Array<ArrayBuffer>);
    tensors.set(name, role === "parameter" || isNorm ? toTorch(values, shape) : { shape: [...shape], data: values });
  }
  await writeSafetensors(file, tensors, { format: "pt" });
  return file;
}

/** `x`, `dOut`, ...: named as in Fledge's kernels. */
function tensorsOf(task: Task): Readonly<Record<string, Float32Array | Int32Array>> {
  switch (task.kind) {
    case "conv": {
      const { N, IH, IW, IC, OC, KH, KW } = task.shape;
      return {
        x: normal("x", N * IH * IW * IC),
        weight: normal("weight", KH * KW * IC * OC, 0.1),
        dOut: normal("dOut", N * outputSide(task.shape) ** 2 * OC),
      };
    }
    case "batchnorm": {
      const { N, H, W, C } = task.shape;
      const x = normal("x", N * H * W * C).map((value, i) => value * (1 + (i % C) / C) + ((i % C) - C / 2) / C);
      return { x, weight: normal("weight", C), bias: normal("bias", C), dOut: normal("dOut", x.length) };
    }
    case "forward":
    case "train": {
      const draw = random(1, "labels");
      return {
        images: normal("images", task.batch * task.side ** 2 * 3),
        labels: Int32Array.from({ length: task.batch }, () => draw.integer(0, task.classes)),
      };
    }
  }
}

/** Writes a task's tensors into `folder`, over those of an earlier task; weights that are there are kept. */
export async function writeInputs(task: Task, folder: string): Promise<InputFiles> {
  const files = Object.entries(tensorsOf(task)).map(([name, data]) => {
    const file = join(folder, `${name}.bin`);
    writeFileSync(file, data);
    return [name, file] as const;
  });
  const weights = "side" in task ? { weights: await writeWeights(folder, task) } : {};
  return { ...Object.fromEntries(files), ...weights };
}
