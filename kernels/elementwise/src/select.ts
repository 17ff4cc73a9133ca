import type { DeviceTraits } from "@fledge/runtime";
import * as addLadder from "./add/ladder.ts";
import * as castLadder from "./cast/ladder.ts";
import * as concatenateLadder from "./concatenate/ladder.ts";
import * as reluBackwardLadder from "./relu-backward/ladder.ts";
import * as reluLadder from "./relu/ladder.ts";
import * as scaleLadder from "./scale/ladder.ts";
import * as splitLadder from "./split/ladder.ts";

type Ladder = Readonly<Record<"vec4" | "strided" | "run" | "uniform", { readonly id: string }>>;

// On a CPU each invocation has a price and each lane walks through memory by itself, where the driver does not make
// scalar code of uniform addresses; a GPU's lanes load side by side.
const streams =
  ({ vec4, strided, run, uniform }: Ladder, ...beyond: readonly { readonly id: string }[]) =>
  (_shape: unknown, { deviceClass, softwareRoad }: DeviceTraits): readonly string[] => {
    if (deviceClass !== "software") return [vec4.id, strided.id, run.id];
    return softwareRoad === "uniform"
      ? [...beyond.map(({ id }) => id), uniform.id, run.id, vec4.id]
      : [run.id, strided.id, vec4.id];
  };

export const selectRelu = streams(reluLadder, reluLadder.noBranch);
export const selectReluBackward = streams(reluBackwardLadder, reluBackwardLadder.noBranch);
export const selectAdd = streams(addLadder, addLadder.countedTurns);
export const selectScale = streams(scaleLadder);

// Vectors where there are any.
const copies =
  ({ vec4, naive }: Readonly<Record<"vec4" | "naive", { readonly id: string }>>) =>
  (): readonly string[] => [vec4.id, naive.id];

export const selectCast = copies(castLadder);
export const selectConcatenate = copies(concatenateLadder);
export const selectSplit = copies(splitLadder);
