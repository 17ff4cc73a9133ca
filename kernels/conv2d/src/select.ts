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
 * of each, and rungs of lanes want 8.
 */
const cheapShuffles = (subgroupSize: number): boolean => subgroupSize === 8;

/** Whether shuffles win for this shape where they are cheap: few or ragged channels fill only part of a workgroup. */
const shufflesWin = ({ IC }: Conv2dShape, channels: number): boolean => IC % 4 !== 0 || channels < 32;

/** Rows from which copying weight pays for itself: for grad-input where shuffles are cheap, to panels for 48 rows a lane. */
const panelRows = 256;
const tallPanelRows = 128;
/** The same of a kernel larger than 1x1 where shuffles are cheap, and transposed for shuffles. */
const lineRows = 128;
const transposingRows = 2048;

/** Rows and columns from which panels of both pay in grad-input's 1x1: below, copying weight or dOut costs what they gain. */
const rowPanelRows = 128;
const rowPanelChannels = 64;
const rowPanelsPay = (shape: Conv2dShape): boolean =>
  shape.IC >= rowPanelChannels && (shape.KH * shape.KW > 1 || gradInput.phaseRows(shape) >= rowPanelRows);

/**
 * Tiles of 4x4 pixels from which Winograd's larger form gains: where lanes pass values on, where they share addresses, and
 * there in grad-weight, whose larger form has more sums to store.
 */
const laneTiles4x4 = 128;
const uniformTiles4x4 = 32;
const uniformTiles4x4OfWeight = 64;

/** Columns from which copying A for shuffles pays in forward. */
const packedColumns = 128;
const packingPays = (shape: Conv2dShape): boolean => passesPay(shape) && shape.OC >= packedColumns;

/** Channels below which grad-input's plain product for shuffles is as fast as its rungs for any kernel, or faster. */
const plainChannels = 64;

/** Columns from which copies pay for ragged channels where lanes share addresses, and shuffles would be cheap as well. */
const raggedColumns = 32;
const raggedCopiesPay = ({ IC, OC }: Conv2dShape, subgroupSize: number): boolean =>
  IC % 4 !== 0 && (!cheapShuffles(subgroupSize) || OC >= raggedColumns);

/** Whether copying A for shuffles pays in grad-weight: beside taps or a stride. */
const quadsPay = (shape: Conv2dShape): boolean => passesPay(shape) && shape.KH * shape.KW * shape.stride > 1;

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
    const windows = raggedCopiesPay(shape, subgroupSize) ? [forward.windows] : [];
    if (cheapShuffles(subgroupSize) && shufflesWin(shape, shape.OC)) return windows;
    return [
      ...(largeTilesPay(shape, uniformTiles4x4) ? [forward.panels4x4] : []),
      ...(winogradPays(shape) ? [forward.panels2x2, forward.uniformWinograd] : []),
      ...(gemmM >= tallPanelRows ? [forward.tallPanels] : []),
      forward.tallRows,
      forward.uniformRows,
      ...windows,
      ...(!cheapShuffles(subgroupSize) || gemmM >= lineRows ? [forward.tallLines, forward.kernelLines] : []),
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
    // Few channels alone gain by what a plain product leaves out; the others lose a sixth by it.
    ...(Math.min(shape.IC, shape.OC) < plainChannels ? [gradInput.gemm1x1] : []),
    ...(gradInput.phaseRows(shape) >= transposingRows ? [gradInput.transposedWeight] : []),
    gradInput.laneBroadcast,
    gradInput.gemm1x1,
    gradInput.registersOnly,
  ],
  uniform: (shape, subgroupSize) => {
    if (cheapShuffles(subgroupSize) && shufflesWin(shape, shape.IC)) return [];
    const copyPays = !cheapShuffles(subgroupSize) || gradInput.phaseRows(shape) >= panelRows;
    return [
      ...(largeTilesPay(shape, uniformTiles4x4) ? [gradInput.panels4x4] : []),
      ...(winogradPays(shape) ? [gradInput.panels2x2, gradInput.uniformWinograd] : []),
      ...(copyPays && rowPanelsPay(shape) ? [gradInput.tallRows, gradInput.rowPanels] : []),
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
    const quads = cheapShuffles(subgroupSize) ? gradWeight.shuffled : gradWeight.doutQuads;
    const ragged = raggedCopiesPay(shape, subgroupSize) ? [quads] : [];
    if (cheapShuffles(subgroupSize) && shufflesWin(shape, shape.OC)) return ragged;
    return [
      ...(largeTilesPay(shape, uniformTiles4x4OfWeight) ? [gradWeight.panels4] : []),
      ...(winogradPays(shape) ? [gradWeight.panels, gradWeight.tileQuads] : []),
      ...ragged,
      ...(cheapShuffles(subgroupSize) || shape.IC % 64 > 0 ? [] : [gradWeight.plain]),
      gradWeight.tall,
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
