import * as forward from "./forward/ladder.ts";
import * as gradInput from "./grad-input/ladder.ts";
import * as gradWeight from "./grad-weight/ladder.ts";

type Ladder = Readonly<Record<"naive" | "registerBlocked", { readonly id: string }>>;

// Blocks in registers wherever IN and OUT allow, on every device.
const blocksFirst = ({ naive, registerBlocked }: Ladder) => () => [registerBlocked.id, naive.id];

export const selectForward = blocksFirst(forward);
export const selectGradInput = blocksFirst(gradInput);
export const selectGradWeight = blocksFirst(gradWeight);
