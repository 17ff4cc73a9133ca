import { random } from "@fledge/random";
import type { LoaderOptions } from "./options.ts";

/** What an epoch has cost so far. */
export interface EpochCounters {
  images: number;
  /** How long the consumer stood waiting for the next batch. */
  waitMs: number;
  /** From the start of the epoch to its latest batch, the consumer's own work included. */
  elapsedMs: number;
}

/** The order of a data set's samples in an epoch, by its seed. */
export function orderOf(
  { dataset, seed, shuffle }: Pick<LoaderOptions<string>, "dataset" | "seed" | "shuffle">,
  epoch: number,
): Int32Array {
  const count = dataset.samples.length;
  return shuffle ? random(seed, "shuffle", epoch).permutation(count) : Int32Array.from({ length: count }, (_, i) => i);
}

/** The batches of samples in order, at most `most` of them made ahead of their use. Throws what making one throws. */
export async function* batchesAhead<B extends { readonly size: number }>(
  order: Int32Array,
  batchSize: number,
  most: number,
  make: (indices: Int32Array) => Promise<B>,
  counters: EpochCounters,
): AsyncGenerator<B, void, undefined> {
  const ahead: Promise<B>[] = [];
  const start = performance.now();
  let next = 0;
  const makeAhead = (): void => {
    for (; ahead.length < most && next < order.length; next += batchSize) {
      const batch = make(order.slice(next, next + batchSize));
      batch.catch(() => {}); // a failure is thrown where the consumer awaits this batch
      ahead.push(batch);
    }
  };
  try {
    while (true) {
      // Without worker threads the batch is made within makeAhead: that is waiting too.
      const asked = performance.now();
      makeAhead();
      const batch = await ahead.shift();
      if (batch === undefined) return;
      const now = performance.now();
      counters.waitMs += now - asked;
      counters.elapsedMs = now - start;
      counters.images += batch.size;
      yield batch;
    }
  } finally {
    await Promise.allSettled(ahead);
  }
}
