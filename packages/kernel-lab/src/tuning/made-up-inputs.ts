import { elementCount, type KernelTensor } from "@fledge/runtime";
import { seededRandom } from "../random.ts";
import { views, type TensorData } from "../tensor-data.ts";

/**
 * Draws repeat after so many elements: a prime, so that no row, image or tile is a whole number of repetitions, and a
 * rung that reads the wrong one reads other values.
 */
const period = 65521;

/**
 * Sixteenths from -1 to 1, none of them zero, three in four positive, and one in 64 eight times as large. Zeros and
 * equal values would hide a lost or doubled term; signs that balance would let sums cancel down to their rounding
 * errors. Sums of products of sixteenths are exact in f32 up to 2^16, and so mostly the same in any order.
 */
function noise(seed: number): Float32Array {
  const uniform = seededRandom(seed);
  return Float32Array.from({ length: period }, () => {
    const magnitude = Math.ceil((uniform() + 1) * 8) / 16 || 1;
    return (uniform() < -0.5 ? -1 : 1) * (uniform() < -1 + 2 / 64 ? 8 : 1) * magnitude;
  });
}

/** Integers, or sixteenths where the tensor holds floats, at least the first bound and below the second. */
function within([least, below]: readonly [number, number], steps: number, seed: number): Float32Array {
  const uniform = seededRandom(seed);
  const span = (below - least) * steps;
  return Float32Array.from({ length: period }, () => least + Math.floor(((uniform() + 1) / 2) * span) / steps);
}

/** A small count, flag, class or place is within any range; images have all bytes. */
const defaultRanges = { i32: [0, 2], u32: [0, 2], u8: [0, 256] } as const;

function drawTensor({ dtype, range, ...spec }: KernelTensor, seed: number): TensorData {
  const draws =
    dtype === "f32" || dtype === "f16"
      ? range
        ? within(range, 16, seed)
        : noise(seed)
      : within(range ?? defaultRanges[dtype], 1, seed);
  const data = new views[dtype](elementCount({ ...spec, dtype }));
  for (let offset = 0; offset < data.length; offset += period) {
    data.set(draws.subarray(0, Math.min(period, data.length - offset)), offset);
  }
  return data;
}

/** Contents for the tensors that a kernel reads, on which a wrong rung shows: seeded, each tensor with its own. */
export const makeUpInputs = (tensors: Readonly<Record<string, KernelTensor>>): Record<string, TensorData> =>
  Object.fromEntries(
    Object.entries(tensors).flatMap(([name, tensor], index) =>
      tensor.role === "out" ? [] : [[name, drawTensor(tensor, index + 1)]],
    ),
  );
