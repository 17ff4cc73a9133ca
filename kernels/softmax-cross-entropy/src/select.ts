import type { DeviceTraits } from "@fledge/runtime";
import * as backward from "./backward/ladder.ts";
import * as confidences from "./confidence/ladder.ts";
import * as counting from "./count-correct/ladder.ts";
import * as forward from "./forward/ladder.ts";
import type { LogitsShape } from "./shape.ts";
import * as softmaxes from "./softmax/ladder.ts";
import * as ranking from "./top-one/ladder.ts";
import * as weightedBackward from "./weighted-backward/ladder.ts";
import * as weightedForward from "./weighted-forward/ladder.ts";
import * as both from "./with-gradient/ladder.ts";

type Ladder = Readonly<Record<"naive" | "online" | "workgroup" | "subgroup", { readonly id: string }>>;

// A CPU has as many rows as lanes and no use for more invocations; a GPU wants its lanes side by side on a row.
const rows =
  ({ naive, online, workgroup, subgroup }: Ladder) =>
  (_shape: LogitsShape, { deviceClass }: DeviceTraits): readonly string[] =>
    (deviceClass === "software" ? [online, naive, subgroup] : [subgroup, workgroup, online, naive]).map(({ id }) => id);

export const selectForward = rows(forward);
export const selectBackward = rows(backward);

/** Rows of which each invocation of one workgroup gets one: a second dispatch would cost more than it gains. */
const fewRows = 64;

export function selectWithGradient({ N }: LogitsShape, { deviceClass }: DeviceTraits): readonly string[] {
  const { naive, online, subgroup, oneDispatch } = both;
  const few = N <= fewRows ? [oneDispatch, online] : [online, oneDispatch];
  return (deviceClass === "software" ? [...few, naive, subgroup] : [subgroup, ...few, naive]).map(({ id }) => id);
}

export const selectTopOne = (): readonly string[] => [ranking.naive.id];
export const selectCountCorrect = (): readonly string[] => [counting.naive.id];

export const selectWeightedForward = (): readonly string[] => [weightedForward.online.id, weightedForward.naive.id];
export const selectWeightedBackward = (): readonly string[] => [weightedBackward.online.id, weightedBackward.naive.id];
export const selectSoftmax = (): readonly string[] => [softmaxes.naive.id];
export const selectConfidence = (): readonly string[] => [confidences.naive.id];
