import type { Puzzle } from "@fledge/testing/browser";

const files = import.meta.glob<readonly Puzzle[]>("../../../kernels/*/puzzles/*.ts", {
  eager: true,
  import: "default",
});

/** A puzzle, and where it stands. */
export interface PlacedPuzzle extends Puzzle {
  /** The kernel's project, the folder of `kernels/` that the puzzle lies in. */
  readonly project: string;
  readonly kernel: string;
  /** `02-vec4`: with the kernel, its address. */
  readonly file: string;
}

/** Ladders that ask for the same knowledge. */
export interface Part {
  readonly title: string;
  readonly teaches: string;
  /** The easiest first. */
  readonly kernels: readonly string[];
}

/** The order in which they are learnt, the easiest part first. */
export const parts: readonly Part[] = [
  {
    title: "Each invocation for itself",
    teaches: "Which data is mine, where does it end, how much comes with a load, and who are my neighbours in memory.",
    kernels: ["relu", "batchnorm-apply", "sgd-update", "max-pool2d-forward"],
  },
  {
    title: "Invocations together",
    teaches:
      "Sums that many share: strips and passes, trees in workgroup memory, barriers, subgroups, and what rounds.",
    kernels: ["softmax-cross-entropy-forward", "batchnorm-backward", "batchnorm-statistics"],
  },
  {
    title: "Matrix products",
    teaches:
      "Each value loaded once and used often: blocks in registers, tiles, sums in parts, gathers of a convolution.",
    kernels: ["linear-forward", "conv2d-forward", "conv2d-grad-weight", "conv2d-grad-input"],
  },
];

const placed: readonly PlacedPuzzle[] = Object.entries(files).flatMap(([path, all]) =>
  all.map((puzzle) => {
    const [kernel, file] = puzzle.rung.split("/") as [string, string];
    return { ...puzzle, project: path.split("/").at(-3)!, kernel, file };
  }),
);

const order = parts.flatMap(({ kernels }) => kernels);
const lost = placed.find(({ kernel }) => !order.includes(kernel));
if (lost) throw new Error(`${lost.rung}: its ladder is in no part; list ${lost.kernel} in packages/lab/src/puzzles.ts`);

/** Every puzzle of the kernels' folders `puzzles/`, in the order of the parts; those of a ladder in that of its file. */
export const puzzles: readonly PlacedPuzzle[] = order.flatMap((wanted) =>
  placed.filter(({ kernel }) => kernel === wanted),
);
