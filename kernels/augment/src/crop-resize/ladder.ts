import { ladderOf, mainPass } from "@fledge/runtime";
import type { CropResizeShape } from "../shape.ts";

const { ladder, rung } = ladderOf<CropResizeShape>("crop-resize", import.meta.url);
export { ladder };

export const naive = rung("01-naive", {
  idea: "both passes for each pixel by itself",
  params: ({ OH, OW }) => ({ OH, OW }),
  passes: mainPass(({ N }, { GROUPS }) => [GROUPS!, N, 1]),
});

export const noop = rung("00-noop", { from: naive, idea: "nothing: the dispatch floor" });

export const twoPasses = rung("02-two-passes", {
  from: naive,
  idea: "rows resized across are kept for the pass down",
  params: ({ OH, OW, rows }) => ({ OH, OW, rows }),
  scratch: ({ N, OW, rows }) => ({ between: { shape: [N, rows, OW], dtype: "u32" } }),
  passes: [
    { entryPoint: "resizeAcross", workgroups: ({ N }, { GROUPS }) => [GROUPS!, N, 1] },
    { entryPoint: "resizeDown", workgroups: ({ N }, { GROUPS }) => [GROUPS!, N, 1] },
  ],
});
