import { ceilDiv, linearWorkgroups, mainPass, type Constants, type Pass, type Rung } from "@fledge/runtime";
import { laneTile, laneTiles, needsLanes, tallLaneTile } from "./lanes.ts";
import { needsAll, needsQuickCompiler, needsVectors, type Unsupported } from "./needs.ts";
import { conv2dFlops, conv2dParams, outputSize, type Conv2dShape } from "./shape.ts";
import { needsBinding, panelTile, rowTile, rowTiles } from "./uniform.ts";

type Dimensions = readonly number[];

const bytesOf = (size: Dimensions): number => 4 * size.reduce((product, length) => product * length, 1);

/** One direction's use of F(m x m, 3x3): a matrix product for each position in a transformed tile, (m + 2)^2 of them. */
interface Winograd {
  /** Positions. */
  readonly products: number;
  /** Scratch tensors that passes write, in the order of the passes; their first dimension is `products`. */
  readonly scratch: (shape: Conv2dShape, constants: Constants) => Readonly<Record<string, Dimensions>>;
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
    scratch: (shape, constants) => ({
      ...plain.scratch(shape, constants),
      patches: [plain.products, 4 * quads(shape), shape.IC],
    }),
    before: { ...plain.before, transform_input: (shape) => linearWorkgroups(quads(shape), 1) },
  };
};

/** A workgroup for every LANES vectors of four channels of each of `count` tiles or planes. */
const pieces =
  (count: (shape: Conv2dShape) => number, channels: (shape: Conv2dShape) => number): Grid =>
  (shape, { LANES }) =>
    linearWorkgroups(count(shape) * ceilDiv(channels(shape), 4 * LANES!), 1);

/** Panels of LANES vectors, which main's lanes read side by side, for each of K = `rows`. */
const columnPanels = (rows: number, channels: number, { LANES }: Constants): Dimensions => [
  ceilDiv(channels, 4 * LANES!),
  rows,
  LANES!,
  4,
];

/** Panels of TM tiles, a cache line of 16 channels of each side by side. */
const tilePanels = (tileCount: number, channels: number, { TM }: Constants): Dimensions => [
  ceilDiv(tileCount, TM!),
  ceilDiv(channels, 16),
  TM!,
  16,
];

/** Both operands of the products in panels, written so by the transforms. */
const panels = {
  forward: (size: TileSize): Winograd => {
    const plain = forward(size);
    const count = (shape: Conv2dShape): number => outTiles(size, shape);
    return {
      ...plain,
      scratch: (shape, constants) => ({
        ...plain.scratch(shape, constants),
        kernels: [plain.products, ...columnPanels(shape.IC, shape.OC, constants)],
        patches: [plain.products, ...tilePanels(count(shape), shape.IC, constants)],
      }),
      before: {
        transform_weight: ({ IC }) => linearWorkgroups(IC, 1),
        transform_input: pieces(count, ({ IC }) => IC),
      },
      after: pieces(count, ({ OC }) => OC),
    };
  },
  gradInput: (size: TileSize): Winograd => {
    const plain = gradInput(size);
    const count = (shape: Conv2dShape): number => inTiles(size, shape);
    return {
      ...plain,
      scratch: (shape, constants) => ({
        ...plain.scratch(shape, constants),
        kernels: [plain.products, ...columnPanels(shape.OC, shape.IC, constants)],
        patches: [plain.products, ...tilePanels(count(shape), shape.OC, constants)],
      }),
      before: {
        transform_weight: ({ IC, OC }, { LANES }) => linearWorkgroups(ceilDiv(IC, 16) * ceilDiv(OC, LANES!), 1),
        transform_input: pieces(count, ({ OC }) => OC),
      },
      after: pieces(count, ({ IC }) => IC),
    };
  },
  gradWeight: (size: TileSize): Winograd => {
    const plain = gradWeight(size);
    const quads = (shape: Conv2dShape): number => ceilDiv(outTiles(size, shape), 4);
    return {
      ...plain,
      scratch: (shape, constants) => ({
        ...plain.scratch(shape, constants),
        patches: [plain.products, ceilDiv(shape.IC, constants["TM"]!), quads(shape), constants["TM"]!, 4],
        tiles: [plain.products, ...columnPanels(4 * quads(shape), shape.OC, constants)],
      }),
      before: {
        transform_input: (shape, { LANES }) => linearWorkgroups(quads(shape) * ceilDiv(shape.IC, LANES!), 1),
        transform_gradient: pieces(
          (shape) => 4 * quads(shape),
          ({ OC }) => OC,
        ),
      },
      after: pieces(
        () => 1,
        ({ IC, OC }) => IC * OC,
      ),
    };
  },
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

const byPanels: Sharing = {
  ...byAddress,
  constants: (channels, rows) => panelTile(rows, channels),
  needs: needsAll(byAddress.needs, needsQuickCompiler),
};

/** All of a Winograd rung but its idea and its file. */
function rungOf(winograd: Winograd, sharing: Sharing): Omit<Rung<Conv2dShape>, "id" | "idea" | "from" | "module"> {
  const { products, scratch, gemmM, gemmN, before, after } = winograd;
  const constants = (shape: Conv2dShape): Constants => sharing.constants(gemmN(shape), gemmM(shape));
  const largest = (shape: Conv2dShape): number =>
    Math.max(...Object.values(scratch(shape, constants(shape))).map(bytesOf));
  const product = (shape: Conv2dShape, constants: Constants): number =>
    sharing.tiles(gemmM(shape), gemmN(shape), constants);
  return {
    constants,
    params: conv2dParams,
    scratch: (shape, all) => {
      const sizes = Object.entries(scratch(shape, all));
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

export const winogradPanelsForward = rungOf(panels.forward(2), byPanels);
export const winogradPanelsGradInput = rungOf(panels.gradInput(2), byPanels);
export const winogradPanelsGradWeight = rungOf(panels.gradWeight(2), byPanels);
export const largeWinogradPanelsForward = rungOf(panels.forward(4), byPanels);
export const largeWinogradPanelsGradInput = rungOf(panels.gradInput(4), byPanels);
export const largeWinogradPanelsGradWeight = rungOf(panels.gradWeight(4), byPanels);

/** All of a rung whose `main` transforms patches and sums itself, for blocks of TILES tiles x BN channels. */
function fusedRungOf({ scratch, gemmM, gemmN, before }: Winograd) {
  const kernels = (shape: Conv2dShape): Dimensions => scratch(shape, {})["kernels"]!;
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
      needsBinding((shape) => bytesOf(kernels(shape))),
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
