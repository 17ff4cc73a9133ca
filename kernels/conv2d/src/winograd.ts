import { ceilDiv, linearWorkgroups, mainPass, type Constants, type Pass, type Rung } from "@fledge/runtime";
import { laneTile, laneTiles, needsLanes } from "./lanes.ts";
import { needsAll, needsVectors, type Unsupported } from "./needs.ts";
import { conv2dFlops, conv2dParams, outputSize, type Conv2dShape } from "./shape.ts";
import { needsBinding, rowTile, rowTiles } from "./uniform.ts";

type Dimensions = readonly [number, number, number];

/** One direction's use of F(2x2,3x3): a matrix product for each of 16 positions in a transformed tile. */
interface Winograd {
  /** Scratch tensors that passes write, in the order of the passes; their first dimension is 16. */
  readonly scratch: (shape: Conv2dShape) => Readonly<Record<string, Dimensions>>;
  /** Columns of the product. */
  readonly gemmN: (shape: Conv2dShape) => number;
  /** Rows of the product. */
  readonly gemmM: (shape: Conv2dShape) => number;
  /** The transforms before and after `main`. */
  readonly before: Readonly<Record<string, Grid>>;
  readonly after: Grid;
}

type Grid = Pass<Conv2dShape>["workgroups"];

/** An invocation for each vector of four channels that a transform has to write a tile for. */
const vectors =
  (count: (shape: Conv2dShape) => number): Grid =>
  (shape, { WORKGROUP }) =>
    linearWorkgroups(count(shape), WORKGROUP!);

/** 2x2 tiles that cover N images of a size. */
const tiles = (N: number, height: number, width: number): number => N * ceilDiv(height, 2) * ceilDiv(width, 2);

const outTiles = (shape: Conv2dShape): number => {
  const { OH, OW } = outputSize(shape);
  return tiles(shape.N, OH, OW);
};
const inTiles = ({ N, IH, IW }: Conv2dShape): number => tiles(N, IH, IW);

const forward: Winograd = {
  scratch: (shape) => ({
    kernels: [16, shape.IC, shape.OC],
    patches: [16, outTiles(shape), shape.IC],
    products: [16, outTiles(shape), shape.OC],
  }),
  gemmM: outTiles,
  gemmN: ({ OC }) => OC,
  before: {
    transform_weight: vectors(({ IC, OC }) => (IC * OC) / 4),
    transform_input: vectors((shape) => (outTiles(shape) * shape.IC) / 4),
  },
  after: vectors((shape) => (outTiles(shape) * shape.OC) / 4),
};

const gradInput: Winograd = {
  scratch: (shape) => ({
    kernels: [16, shape.OC, shape.IC],
    patches: [16, inTiles(shape), shape.OC],
    products: [16, inTiles(shape), shape.IC],
  }),
  gemmM: inTiles,
  gemmN: ({ IC }) => IC,
  before: {
    transform_weight: vectors(({ IC, OC }) => (IC * OC) / 16),
    transform_input: vectors((shape) => (inTiles(shape) * shape.OC) / 4),
  },
  after: vectors((shape) => (inTiles(shape) * shape.IC) / 4),
};

const gradWeight: Winograd = {
  scratch: (shape) => ({
    patches: [16, outTiles(shape), shape.IC],
    tiles: [16, outTiles(shape), shape.OC],
    products: [16, shape.IC, shape.OC],
  }),
  gemmM: ({ IC }) => IC,
  gemmN: ({ OC }) => OC,
  before: {
    transform_input: vectors((shape) => (outTiles(shape) * shape.IC) / 4),
    transform_gradient: vectors((shape) => (outTiles(shape) * shape.OC) / 4),
  },
  after: vectors(({ IC, OC }) => (IC * OC) / 4),
};

/** As `gradWeight`, with patches of four tiles side by side. */
const gradWeightQuads: Winograd = {
  ...gradWeight,
  scratch: (shape) => ({ ...gradWeight.scratch(shape), patches: [16, 4 * ceilDiv(outTiles(shape), 4), shape.IC] }),
  before: { ...gradWeight.before, transform_input: (shape) => linearWorkgroups(ceilDiv(outTiles(shape), 4), 1) },
};

const needsThreeByThree: Unsupported = ({ KH, KW, stride, padding }) =>
  KH === 3 && KW === 3 && stride === 1 && padding <= 2
    ? null
    : "it is no 3x3 convolution of stride 1 with padding 0 to 2";

/** How the lanes of `main` share the product. */
interface Sharing extends Pick<Rung<Conv2dShape>, "features"> {
  readonly constants: (channels: number) => Constants;
  /** Workgroups that cover a product. */
  readonly tiles: (rows: number, channels: number, constants: Constants) => number;
  readonly needs: Unsupported;
}

const byShuffles: Sharing = {
  constants: laneTile,
  tiles: laneTiles,
  features: ["subgroups"],
  needs: needsLanes("IC", "OC"),
};
const byAddress: Sharing = {
  constants: rowTile,
  tiles: rowTiles,
  features: [],
  needs: needsVectors,
};

/** All of a Winograd rung but its idea and its file. */
function rungOf(winograd: Winograd, sharing: Sharing): Omit<Rung<Conv2dShape>, "id" | "idea" | "from" | "module"> {
  const { scratch, gemmM, gemmN, before, after } = winograd;
  const largest = (shape: Conv2dShape): number =>
    Math.max(...Object.values(scratch(shape)).map(([a, b, c]) => 4 * a * b * c));
  const product = (shape: Conv2dShape, constants: Constants): number =>
    sharing.tiles(gemmM(shape), gemmN(shape), constants);
  return {
    constants: (shape) => sharing.constants(gemmN(shape)),
    params: conv2dParams,
    scratch: (shape) => {
      const sizes = Object.entries(scratch(shape));
      return Object.fromEntries(sizes.map(([name, size]) => [name, { shape: size, dtype: "f32" as const }]));
    },
    passes: [
      ...Object.entries(before).map(([entryPoint, workgroups]) => ({ entryPoint, workgroups })),
      { entryPoint: "main", workgroups: (shape, constants) => linearWorkgroups(16 * product(shape, constants), 1) },
      { entryPoint: "transform_output", workgroups: after },
    ],
    features: sharing.features ?? [],
    unsupported: needsAll(needsThreeByThree, sharing.needs, needsBinding(largest)),
    // Each of 9 pixels meets all 9 weights in terms that cancel in exact arithmetic: 9 times the sum of |products| on
    // average, twice that beside an outlier; and each operand and sum is rounded by two transforms more.
    errorFactor: () => 36,
  };
}

export const winogradForward = rungOf(forward, byShuffles);
export const winogradGradInput = rungOf(gradInput, byShuffles);
export const winogradGradWeight = rungOf(gradWeight, byShuffles);
export const uniformWinogradForward = rungOf(forward, byAddress);
export const uniformWinogradGradInput = rungOf(gradInput, byAddress);
export const uniformWinogradGradWeight = rungOf(gradWeightQuads, byAddress);

/** All of a rung whose `main` transforms patches and sums itself, for blocks of TILES tiles x BN channels. */
function fusedRungOf({ scratch, gemmM, gemmN, before }: Winograd) {
  const kernels = (shape: Conv2dShape): Dimensions => scratch(shape)["kernels"]!;
  return {
    constants: null,
    params: conv2dParams,
    scratch: (shape: Conv2dShape) => ({ kernels: { shape: kernels(shape), dtype: "f32" as const } }),
    passes: [
      { entryPoint: "transform_weight", workgroups: before["transform_weight"]! },
      ...mainPass<Conv2dShape>((shape, { TILES, BN }) =>
        linearWorkgroups(ceilDiv(gemmM(shape), TILES!) * ceilDiv(gemmN(shape), BN!), 1),
      ),
    ],
    features: null,
    unsupported: needsAll(
      needsThreeByThree,
      needsVectors,
      needsBinding((shape) => 4 * kernels(shape).reduce((product, size) => product * size, 1)),
    ),
  };
}

export const fusedWinogradForward = fusedRungOf(forward);
export const fusedWinogradGradInput = fusedRungOf(gradInput);

/** Channels from which fewer products pay for the transforms, which are as many whatever they feed. */
const leastChannels = 64;
/** Below this much work its four dispatches weigh more than what they save. */
const leastFlops = 2 ** 25;

/**
 * Whether a CPU adapter gains by Winograd's rung: few tiles do not pay for the transform of the weights. Measured at
 * batch 8: at 32 tiles (layer3 at 64 px) it gains, at 8 (layer4 at 64 px) it takes twice as long. In a network of an
 * eighth of the width it loses everywhere (`fledge tune --preset demo`).
 */
export const winogradPays = (shape: Conv2dShape): boolean =>
  Math.min(shape.IC, shape.OC) >= leastChannels &&
  conv2dFlops(shape) >= leastFlops &&
  Math.min(outTiles(shape), inTiles(shape)) >= 32;
