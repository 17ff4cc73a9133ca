import type { DeviceTraits } from "@fledge/runtime";
import * as forward from "./forward/ladder.ts";
import * as gradInput from "./grad-input/ladder.ts";
import * as gradWeight from "./grad-weight/ladder.ts";
import { needsGrid } from "./needs-vectors.ts";
import type { LinearShape } from "./shape.ts";

type Named = { readonly id: string };
type Ladder = Readonly<Record<"naive" | "registerBlocked" | "laneBroadcast" | "workgroupTiles" | "f16", Named>>;

/** From this many lanes on, lavapipe makes a loop of a shuffle by a computed lane. */
const SHUFFLED_IN_A_LOOP = 16;

// A CPU's workgroup memory is memory like any other, and a load by all lanes of one address costs as much as of many.
const order =
  ({ naive, registerBlocked, laneBroadcast, workgroupTiles, f16 }: Ladder, ...forGpus: readonly Named[]) =>
  (shape: LinearShape, { deviceClass, subgroupSize }: DeviceTraits): readonly string[] => {
    // A classifier's product is too small for matrix units to matter, and ragged sizes stay in f32.
    if (shape.precision && needsGrid(shape) === null) return [f16.id];
    const software =
      subgroupSize < SHUFFLED_IN_A_LOOP
        ? [laneBroadcast, registerBlocked, naive]
        : [registerBlocked, laneBroadcast, naive];
    const hardware = [...forGpus, workgroupTiles, laneBroadcast, registerBlocked, naive];
    return (deviceClass === "software" ? software : hardware).map(({ id }) => id);
  };

/** A classifier has few outputs and long sums: a GPU needs the sums split to have enough to do. */
export const selectForward = order(forward, forward.splitK);
export const selectGradInput = order(gradInput);
export const selectGradWeight = order(gradWeight);
