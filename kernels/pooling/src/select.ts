import * as averageBackward from "./average-backward/ladder.ts";
import * as averageForward from "./average-forward/ladder.ts";
import * as maxBackward from "./max-backward/ladder.ts";
import * as maxForward from "./max-forward/ladder.ts";

// Four channels at a time wherever C allows, on every device: C is a multiple of 4 in every ResNet.
const vectorsFirst = ({ naive, vec4 }: Readonly<Record<"naive" | "vec4", { readonly id: string }>>) => () => [vec4.id, naive.id];

export const selectMaxForward = vectorsFirst(maxForward);
export const selectMaxBackward = vectorsFirst(maxBackward);
export const selectAverageForward = vectorsFirst(averageForward);
export const selectAverageBackward = vectorsFirst(averageBackward);
