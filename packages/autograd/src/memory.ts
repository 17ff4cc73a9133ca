import { allocationBytes, TensorTooLargeError } from "@fledge/runtime";
import type { Tensor } from "./tensor.ts";

/** A tensor of the arena and the steps between which it lives, both included. */
export interface Lifetime {
  readonly tensor: Tensor;
  readonly first: number;
  readonly last: number;
}

/** Slots of the arena: tensors whose lifetimes do not meet share one. */
export interface ArenaPlan {
  readonly slotBytes: readonly number[];
  readonly slotOf: ReadonlyMap<Tensor, number>;
  /** The arena's size, and the least any plan needs: the most bytes alive at one step. */
  readonly totalBytes: number;
  readonly peakLiveBytes: number;
}

function refuseLarge(tensor: Tensor, bytes: number, limitBytes: number): void {
  if (bytes <= limitBytes) return;
  const batch = tensor.shape[0] ?? 1;
  const fits = Math.floor((batch * limitBytes) / bytes);
  const mend = fits > 0 ? `a batch of ${fits} or less fits` : "use a smaller image or a narrower network";
  throw new TensorTooLargeError(`${tensor.name} [${tensor.shape.join(",")}]`, bytes, limitBytes, mend);
}

/**
 * Assigns slots greedily, the largest tensors first ("greedy by size for shared objects", Pisarchyk and Lee 2020,
 * arXiv 2001.03288). A slot is one buffer: WebGPU forbids reading and writing one buffer in the same dispatch,
 * whatever the ranges, so tensors that meet must not share a buffer.
 */
export function planArena(lifetimes: readonly Lifetime[], limitBytes: number): ArenaPlan {
  const slots: { bytes: number; held: Lifetime[] }[] = [];
  const slotOf = new Map<Tensor, number>();
  const bySize = [...lifetimes].sort(
    (a, b) => allocationBytes(b.tensor) - allocationBytes(a.tensor) || a.first - b.first,
  );
  for (const lifetime of bySize) {
    const bytes = allocationBytes(lifetime.tensor);
    refuseLarge(lifetime.tensor, bytes, limitBytes);
    const free = (slot: { held: Lifetime[] }): boolean =>
      slot.held.every((other) => other.last < lifetime.first || lifetime.last < other.first);
    // Slots were opened in falling order of size, so the last free one wastes least.
    let index = slots.findLastIndex(free);
    if (index < 0) index = slots.push({ bytes, held: [] }) - 1;
    slots[index]!.held.push(lifetime);
    slotOf.set(lifetime.tensor, index);
  }
  const live = new Map<number, number>();
  for (const { tensor, first, last } of lifetimes) {
    const bytes = allocationBytes(tensor);
    live.set(first, (live.get(first) ?? 0) + bytes);
    live.set(last + 1, (live.get(last + 1) ?? 0) - bytes);
  }
  let now = 0;
  let peakLiveBytes = 0;
  for (const step of [...live.keys()].sort((a, b) => a - b))
    peakLiveBytes = Math.max(peakLiveBytes, (now += live.get(step)!));
  const slotBytes = slots.map((slot) => slot.bytes);
  return { slotBytes, slotOf, totalBytes: slotBytes.reduce((sum, bytes) => sum + bytes, 0), peakLiveBytes };
}
