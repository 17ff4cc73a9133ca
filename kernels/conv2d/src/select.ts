import type { DeviceTraits, ReducedPrecision, Rung } from "@fledge/runtime";
import * as forward from "./forward/ladder.ts";
import * as gradInput from "./grad-input/ladder.ts";
import * as gradWeight from "./grad-weight/ladder.ts";
import { raggedChannels } from "./needs.ts";
import { asGemm, type Conv2dShape } from "./shape.ts";
import { largeTilesPay, passesPay, winogradPays } from "./winograd.ts";

/** Rungs in order of preference, the default first: a tuner times them all. Those that round operands to f16 are among them only where the shape asks for that precision. */
type Preference = (shape: Conv2dShape) => readonly Rung<Conv2dShape>[];

interface Preferences {
  /** On a CPU adapter where lanes share a load by passing it on. */
  readonly lanes: Preference;
  /** On one where they share it by its address: before `lanes`, with subgroups of so many lanes. */
  readonly uniform: (shape: Conv2dShape, subgroupSize: number) => readonly Rung<Conv2dShape>[];
  readonly hardware: Preference;
  /** Where the shape has a reduced precision: those that round operands to f16. */
  readonly reduced: Readonly<Record<ReducedPrecision, readonly Rung<Conv2dShape>[]>>;
}

/**
 * The rungs of a reduced precision, undefined where none can take the shape: channels that are no multiple of 4, as the
 * three of an image, are computed in f32.
 */
const reducedFor = (shape: Conv2dShape, { reduced }: Preferences): readonly Rung<Conv2dShape>[] | undefined =>
  shape.precision === undefined || raggedChannels(shape, ["IC", "OC"]) !== null ? undefined : reduced[shape.precision];

/**
 * On a CPU adapter sharing loads among the lanes is fastest, the widest loads first: `nx bench conv2d` shows it.
 * Elsewhere a workgroup of 8 lanes would leave most of a GPU's subgroup idle, and workgroup memory is fast.
 */
function prefer(preferences: Preferences) {
  const { lanes, uniform, hardware } = preferences;
  return (shape: Conv2dShape, { deviceClass, softwareRoad, subgroupSize }: DeviceTraits): readonly string[] => {
    const reduced = reducedFor(shape, preferences);
    if (reduced) return reduced.map(({ id }) => id);
    if (deviceClass !== "software") return [...new Set(hardware(shape).map(({ id }) => id))];
    const first = softwareRoad === "uniform" ? uniform(shape, subgroupSize) : [];
    return [...new Set([...first, ...lanes(shape)].map(({ id }) => id))];
  };
}

/**
 * Whether shuffles are cheap enough to compete with addresses that all lanes share: among 16 lanes lavapipe makes a loop
 * of each.
 */
const cheapShuffles = (subgroupSize: number): boolean => subgroupSize <= 8;

/** Whether shuffles win for this shape where they are cheap: few or ragged channels fill only part of a workgroup. */
const shufflesWin = ({ IC }: Conv2dShape, channels: number): boolean => IC % 4 !== 0 || channels < 32;

/** Rows from which copying weight pays for itself: to panels, of a larger kernel where shuffles are cheap, transposed. */
const panelRows = 256;
const lineRows = 128;
const transposingRows = 1024;

/**
 * Tiles of 4x4 pixels from which Winograd's larger form gains: where lanes pass values on, where they share addresses, and
 * there in grad-weight, whose larger form has more sums to store.
 */
const laneTiles4x4 = 128;
const uniformTiles4x4 = 32;
const uniformTiles4x4OfWeight = 64;

/**
 * Channels on either side from which copying A for shuffles pays in forward, beside taps or a stride and in a plain
 * product, and in grad-input, of 1x1 with a stride: its rows then lie so far apart that they drive one another out of the
 * first cache, and the copy serves as many columns.
 */
const packedChannels = 256;
const packedPlainChannels = 512;
const packingPays = (shape: Conv2dShape): boolean => {
  const simple = shape.KH * shape.KW * shape.stride === 1;
  return passesPay(shape) && Math.min(shape.IC, shape.OC) >= (simple ? packedPlainChannels : packedChannels);
};

/** Whether copying A for shuffles pays in grad-weight: always beside taps or a stride, else where many columns, rows or pixels share it. */
const quadsPay = (shape: Conv2dShape): boolean =>
  passesPay(shape) &&
  (shape.KH * shape.KW * shape.stride > 1 ||
    shape.OC >= 512 ||
    (shape.IC >= 1024 && shape.OC >= 256) ||
    (Math.min(shape.IC, shape.OC) >= 128 && asGemm(shape).gemmM >= 1024));

export const selectForward = prefer({
  lanes: (shape) => [
    ...(largeTilesPay(shape, laneTiles4x4) ? [forward.tiles4x4] : []),
    ...(winogradPays(shape) ? [forward.winograd] : []),
    ...(packingPays(shape) ? [forward.packedRows] : []),
    forward.gemm1x1,
    forward.vec4Lanes,
    forward.laneBroadcast,
    forward.registersOnly,
  ],
  uniform: (shape, subgroupSize) => {
    const { gemmM } = asGemm(shape);
    if (cheapShuffles(subgroupSize) && shufflesWin(shape, shape.OC)) return [];
    return [
      ...(largeTilesPay(shape, uniformTiles4x4) ? [forward.panels4x4] : []),
      ...(winogradPays(shape) ? [forward.panels2x2, forward.uniformWinograd] : []),
      ...(cheapShuffles(subgroupSize) ? [forward.gemm1x1] : []),
      ...(gemmM >= panelRows ? [forward.weightPanels] : []),
      forward.uniformRows,
      ...(!cheapShuffles(subgroupSize) || gemmM >= lineRows ? [forward.oneLane, forward.kernelLines] : []),
    ];
  },
  hardware: () => [
    // On an H200 the fastest at all layers but the stem, and as fast where it splits nothing.
    forward.splitK,
    forward.prefetched,
    forward.subgroupTiles,
    forward.pipelined,
    forward.registerBlocked,
    forward.vectorised,
    forward.winograd,
    forward.fusedWinograd,
    forward.gemm1x1,
    forward.vec4Lanes,
  ],
  reduced: { f16: [forward.f16], matrix: [forward.matrixTiles, forward.subgroupMatrix, forward.matrixDirect] },
});

export const selectGradInput = prefer({
  lanes: (shape) => [
    ...(largeTilesPay(shape, laneTiles4x4) ? [gradInput.tiles4x4] : []),
    ...(winogradPays(shape) ? [gradInput.winograd] : []),
    ...(shape.KH * shape.KW === 1 && shape.stride > 1 && packingPays(shape) ? [gradInput.packedRows] : []),
    gradInput.gemm1x1,
    ...(gradInput.phaseRows(shape) >= transposingRows ? [gradInput.transposedWeight] : []),
    gradInput.laneBroadcast,
    gradInput.registersOnly,
  ],
  uniform: (shape, subgroupSize) => {
    if (cheapShuffles(subgroupSize) && shufflesWin(shape, shape.IC)) return [];
    const copyPays = !cheapShuffles(subgroupSize) || gradInput.phaseRows(shape) >= panelRows;
    return [
      ...(largeTilesPay(shape, uniformTiles4x4) ? [gradInput.panels4x4] : []),
      ...(winogradPays(shape) ? [gradInput.panels2x2, gradInput.uniformWinograd] : []),
      gradInput.uniformRows,
      gradInput.stridedRows,
      ...(copyPays ? [gradInput.paddedGradient] : []),
    ];
  },
  hardware: () => [
    gradInput.splitK,
    gradInput.subgroupTiles,
    gradInput.prefetched,
    gradInput.pipelined,
    gradInput.registerBlocked,
    gradInput.vectorised,
    gradInput.winograd,
    gradInput.fusedWinograd,
    gradInput.gemm1x1,
  ],
  reduced: { f16: [gradInput.f16], matrix: [gradInput.matrixTiles, gradInput.subgroupMatrix, gradInput.matrixDirect] },
});

export const selectGradWeight = prefer({
  lanes: (shape) => [
    ...(largeTilesPay(shape, laneTiles4x4) ? [gradWeight.tiles4x4] : []),
    ...(winogradPays(shape) ? [gradWeight.winograd] : []),
    ...(quadsPay(shape) ? [gradWeight.quadLanes] : []),
    gradWeight.gemm1x1,
    gradWeight.vec4Lanes,
    gradWeight.laneBroadcast,
    gradWeight.registersOnly,
  ],
  uniform: (shape, subgroupSize) => {
    if (cheapShuffles(subgroupSize) && shufflesWin(shape, shape.OC)) return [];
    return [
      ...(largeTilesPay(shape, uniformTiles4x4OfWeight) ? [gradWeight.panels4x4] : []),
      ...(winogradPays(shape) ? [gradWeight.panels2x2, gradWeight.tileQuads] : []),
      gradWeight.oneLane,
      gradWeight.touchedAhead,
      gradWeight.pixelQuads,
    ];
  },
  hardware: ({ KH, KW, IC, OC }) => [
    // Narrower products leave tiles of 128 x 128 half empty.
    ...(KH * KW * IC >= 128 && OC >= 128 ? [gradWeight.prefetched] : []),
    gradWeight.pipelined,
    gradWeight.prefetched,
    gradWeight.subgroupTiles,
    gradWeight.splitK,
    gradWeight.vectorised,
    gradWeight.winograd,
    gradWeight.gemm1x1,
  ],
  reduced: {
    f16: [gradWeight.f16],
    matrix: [gradWeight.matrixTiles, gradWeight.subgroupMatrix, gradWeight.matrixDirect],
  },
});
