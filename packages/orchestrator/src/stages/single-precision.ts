import type { StoredTensor } from "@fledge/safetensors";
import { WeightsError } from "./weights-error.ts";

/**
 * A tensor of a file with its floats as float32, float64 rounded to nearest; whole numbers stay as they are.
 * @throws WeightsError naming the tensor that holds NaN or an infinite value, from which training makes every value NaN
 * within a step, or a value that float32 cannot hold
 */
export function inSinglePrecision(file: string, name: string, { shape, data }: StoredTensor): StoredTensor {
  if (!(data instanceof Float32Array || data instanceof Float64Array)) return { shape, data };
  const singles = data instanceof Float32Array ? data : Float32Array.from(data);
  const at = singles.findIndex((value) => !Number.isFinite(value));
  if (at === -1) return { shape, data: singles };
  const held = `${file}: tensor ${JSON.stringify(name)} holds ${String(data[at])} (element ${at})`;
  if (Number.isFinite(data[at]))
    throw new WeightsError(
      `${held}, which is beyond the range of float32: give weights that were trained in it, or scaled into it`,
    );
  throw new WeightsError(
    `${held}: it is damaged, or was saved after its training diverged; ` +
      "get the file again, or give weights of an earlier epoch",
  );
}
