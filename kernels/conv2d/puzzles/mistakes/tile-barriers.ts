import type { WrongSolution } from "@fledge/testing";

/** Missing barriers of a loop over tiles in workgroup memory. */
export const tileBarriers: readonly WrongSolution[] = [
  {
    mistake: "no barrier once the tiles are filled: some are read before they are whole",
    edits: [["    workgroupBarrier(); // the tiles are whole\n", ""]],
  },
  {
    mistake: "no barrier once the tiles are read: the next step fills them while others still sum",
    edits: [["    workgroupBarrier(); // and no longer read: the next step may fill them\n", ""]],
  },
];
