import type { DeviceTraits } from "@fledge/runtime";
import * as addLadder from "./add/ladder.ts";
import * as concatenateLadder from "./concatenate/ladder.ts";
import * as reluBackwardLadder from "./relu-backward/ladder.ts";
import * as reluLadder from "./relu/ladder.ts";
import * as scaleLadder from "./scale/ladder.ts";
import * as splitLadder from "./split/ladder.ts";

type Ladder = Readonly<Record<"vec4" | "strided" | "run", { readonly id: string }>>;

// On a CPU each invocation has a price and each lane walks through memory by itself; a GPU's lanes load side by side.
const streams =
  ({ vec4, strided, run }: Ladder) =>
  (_shape: unknown, { deviceClass }: DeviceTraits): readonly string[] =>
    deviceClass === "software" ? [run.id, strided.id, vec4.id] : [vec4.id, strided.id, run.id];

export const selectRelu = streams(reluLadder);
export const selectReluBackward = streams(reluBackwardLadder);
export const selectAdd = streams(addLadder);
export const selectScale = streams(scaleLadder);

// Vectors where there are any.
const copies =
  ({ vec4, naive }: Readonly<Record<"vec4" | "naive", { readonly id: string }>>) =>
  (): readonly string[] => [vec4.id, naive.id];

export const selectConcatenate = copies(concatenateLadder);
export const selectSplit = copies(splitLadder);
