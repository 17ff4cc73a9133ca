import { ceilDiv, linearWorkgroups, mainPass, type Constants, type Pass, type Rung } from "@fledge/runtime";
import { laneTile, laneTiles, needsLanes, tallLaneTile } from "./lanes.ts";
import { needsAll, needsVectors, type Unsupported } from "./needs.ts";
import { conv2dFlops, conv2dParams, outputSize, type Conv2dShape } from "./shape.ts";
import { needsBinding, rowTile, rowTiles } from "./uniform.ts";

type Dimensions = readonly [number, number, number];

/** One direction's use of F(m x m, 3x3): a matrix product for each position in a transformed tile, (m + 2)^2 of them. */
interface Winograd {
  /** Positions. */
  readonly products: number;
  /** Scratch tensors that passes write, in the order of the passes; their first dimension is `products`. */
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

/** A tile's lines and columns, m of F(m x m, 3x3). */
type TileSize = 2 | 4;

/** Tiles that cover N images of a size. */
const tiles = (size: TileSize, N: number, height: number, width: number): number =>
  N * ceilDiv(height, size) * ceilDiv(width, size);

const outTiles = (size: TileSize, shape: Conv2dShape): number => {
  const { OH, OW } = outputSize(shape);
  return tiles(size, shape.N, OH, OW);
};
const inTiles = (size: TileSize, { N, IH, IW }: Conv2dShape): number => tiles(size, N, IH, IW);

const forward = (size: TileSize): Winograd => {
  const products = (size + 2) ** 2;
  const count = (shape: Conv2dShape): number => outTiles(size, shape);
  return {
    products,
    scratch: (shape) => ({
      kernels: [products, shape.IC, shape.OC],
      patches: [products, count(shape), shape.IC],
      products: [products, count(shape), shape.OC],
    }),
    gemmM: count,
    gemmN: ({ OC }) => OC,
    before: {
      transform_weight: vectors(({ IC, OC }) => (IC * OC) / 4),
      transform_input: vectors((shape) => (count(shape) * shape.IC) / 4),
    },
    after: vectors((shape) => (count(shape) * shape.OC) / 4),
  };
};

const gradInput = (size: TileSize): Winograd => {
  const products = (size + 2) ** 2;
  const count = (shape: Conv2dShape): number => inTiles(size, shape);
  return {
    products,
    scratch: (shape) => ({
      kernels: [products, shape.OC, shape.IC],
      patches: [products, count(shape), shape.OC],
      products: [products, count(shape), shape.IC],
    }),
    gemmM: count,
    gemmN: ({ IC }) => IC,
    before: {
      transform_weight: vectors(({ IC, OC }) => (IC * OC) / 16),
      transform_input: vectors((shape) => (count(shape) * shape.OC) / 4),
    },
    after: vectors((shape) => (count(shape) * shape.IC) / 4),
  };
};

const gradWeight = (size: TileSize): Winograd => {
  const products = (size + 2) ** 2;
  const count = (shape: Conv2dShape): number => outTiles(size, shape);
  return {
    products,
    scratch: (shape) => ({
      patches: [products, count(shape), shape.IC],
      tiles: [products, count(shape), shape.OC],
      products: [products, shape.IC, shape.OC],
    }),
    gemmM: ({ IC }) => IC,
    gemmN: ({ OC }) => OC,
    before: {
      transform_input: vectors((shape) => (count(shape) * shape.IC) / 4),
      transform_gradient: vectors((shape) => (count(shape) * shape.OC) / 4),
    },
    after: vectors(({ IC, OC }) => (IC * OC) / 4),
  };
};

/** As `gradWeight`, with patches of four tiles side by side. */
const gradWeightQuads = (size: TileSize): Winograd => {
  const plain = gradWeight(size);
  const quads = (shape: Conv2dShape): number => ceilDiv(outTiles(size, shape), 4);
  return {
    ...plain,
    scratch: (shape) => ({ ...plain.scratch(shape), patches: [plain.products, 4 * quads(shape), shape.IC] }),
    before: { ...plain.before, transform_input: (shape) => linearWorkgroups(quads(shape), 1) },
  };
};

const needsThreeByThree: Unsupported = ({ KH, KW, stride, padding }) =>
  KH === 3 && KW === 3 && stride === 1 && padding <= 2
    ? null
    : "it is no 3x3 convolution of stride 1 with padding 0 to 2";

/** How the lanes of `main` share the product. */
interface Sharing extends Pick<Rung<Conv2dShape>, "features"> {
  readonly constants: (channels: number, rows: number) => Constants;
  /** Workgroups that cover a product. */
  readonly tiles: (rows: number, channels: number, constants: Constants) => number;
  readonly needs: Unsupported;
}

const byShuffles: Sharing = {
  constants: (channels, rows) => tallLaneTile(rows, channels),
  tiles: laneTiles,
  features: ["subgroups"],
  needs: needsLanes("IC", "OC"),
};
/** In a product whose k's a lane turns round in registers, four pixels of 16 rows. */
const byShortShuffles: Sharing = { ...byShuffles, constants: (channels) => laneTile(channels) };
const byAddress: Sharing = {
  constants: (channels) => rowTile(channels),
  tiles: rowTiles,
  features: [],
  needs: needsVectors,
};

/** All of a Winograd rung but its idea and its file. */
function rungOf(winograd: Winograd, sharing: Sharing): Omit<Rung<Conv2dShape>, "id" | "idea" | "from" | "module"> {
  const { products, scratch, gemmM, gemmN, before, after } = winograd;
  const largest = (shape: Conv2dShape): number =>
    Math.max(...Object.values(scratch(shape)).map(([a, b, c]) => 4 * a * b * c));
  const product = (shape: Conv2dShape, constants: Constants): number =>
    sharing.tiles(gemmM(shape), gemmN(shape), constants);
  return {
    constants: (shape) => sharing.constants(gemmN(shape), gemmM(shape)),
    params: conv2dParams,
    scratch: (shape) => {
      const sizes = Object.entries(scratch(shape));
      return Object.fromEntries(sizes.map(([name, size]) => [name, { shape: size, dtype: "f32" as const }]));
    },
    passes: [
      ...Object.entries(before).map(([entryPoint, workgroups]) => ({ entryPoint, workgroups })),
      {
        entryPoint: "main",
        workgroups: (shape, constants) => linearWorkgroups(products * product(shape, constants), 1),
      },
      { entryPoint: "transform_output", workgroups: after },
    ],
    features: sharing.features ?? [],
    unsupported: needsAll(needsThreeByThree, sharing.needs, needsBinding(largest)),
    errorFactor: () => errorFactors[products]!,
  };
}

/**
 * How far rounding may lie above that of plain sums, by the number of products.
 * 16: each of 9 pixels meets all 9 weights in terms that cancel in exact arithmetic: 9 times the sum of |products| on
 * average, twice that beside an outlier; and each operand and sum is rounded by two transforms more.
 * 36: by the absolute values of the three matrices an output of a tile sums 77 times what plain sums do, on average.
 */
const errorFactors: Readonly<Record<number, number>> = { 16: 36, 36: 4 * 77 };

export const winogradForward = rungOf(forward(2), byShuffles);
export const winogradGradInput = rungOf(gradInput(2), byShuffles);
export const winogradGradWeight = rungOf(gradWeight(2), byShortShuffles);
export const uniformWinogradForward = rungOf(forward(2), byAddress);
export const uniformWinogradGradInput = rungOf(gradInput(2), byAddress);
export const uniformWinogradGradWeight = rungOf(gradWeightQuads(2), byAddress);
export const largeWinogradForward = rungOf(forward(4), byShuffles);
export const largeWinogradGradInput = rungOf(gradInput(4), byShuffles);
export const largeWinogradGradWeight = rungOf(gradWeight(4), byShortShuffles);
export const largeUniformWinogradForward = rungOf(forward(4), byAddress);
export const largeUniformWinogradGradInput = rungOf(gradInput(4), byAddress);
export const largeUniformWinogradGradWeight = rungOf(gradWeightQuads(4), byAddress);

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

export const fusedWinogradForward = fusedRungOf(forward(2));
export const fusedWinogradGradInput = fusedRungOf(gradInput(2));

/** Channels from which fewer products pay for the transforms, which are as many whatever they feed. */
const leastChannels = 64;
/** Below this much work its four dispatches weigh more than what they save. */
const leastFlops = 2 ** 25;

/** Whether a shape is large enough that passes before and after a product do not weigh more than what they save. */
export const passesPay = (shape: Conv2dShape): boolean =>
  Math.min(shape.IC, shape.OC) >= leastChannels && conv2dFlops(shape) >= leastFlops;

/**
 * Whether a CPU adapter gains by Winograd's rung: few tiles do not pay for the transform of the weights. Measured at
 * batch 8: at 32 tiles (layer3 at 64 px) it gains, at 8 (layer4 at 64 px) it takes twice as long. In a network of an
 * eighth of the width it loses everywhere (`fledge tune --preset demo`).
 */
export const winogradPays = (shape: Conv2dShape): boolean =>
  passesPay(shape) && Math.min(outTiles(2, shape), inTiles(2, shape)) >= 32;

/**
 * Whether tiles of 4x4 gain over those of 2x2: their transformed weights are 36 numbers for 16, so `least` of them must
 * share these.
 */
export const largeTilesPay = (shape: Conv2dShape, least: number): boolean =>
  winogradPays(shape) && Math.min(outTiles(4, shape), inTiles(4, shape)) >= least;
