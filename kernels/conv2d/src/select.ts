import type { DeviceTraits, Rung } from "@fledge/runtime";
import * as forward from "./forward/ladder.ts";
import * as gradInput from "./grad-input/ladder.ts";
import * as gradWeight from "./grad-weight/ladder.ts";
import type { Conv2dShape } from "./shape.ts";
import { winogradPays } from "./winograd.ts";

/** Rungs in order of preference, the default first: a tuner times them all. Those that round operands to f16 are never among them: who wants one forces it. */
type Preference = (shape: Conv2dShape) => readonly Rung<Conv2dShape>[];

/**
 * On a CPU adapter sharing loads among the lanes is fastest, the widest loads first: `nx bench conv2d` shows it.
 * Elsewhere a workgroup of 8 lanes would leave most of a GPU's subgroup idle, and workgroup memory is fast.
 */
function prefer(software: Preference, hardware: Preference) {
  return (shape: Conv2dShape, { deviceClass }: DeviceTraits): readonly string[] =>
    (deviceClass === "software" ? software : hardware)(shape).map(({ id }) => id);
}

export const selectForward = prefer(
  (shape) => [
    ...(winogradPays(shape) ? [forward.winograd] : []),
    forward.gemm1x1,
    forward.vec4Lanes,
    forward.laneBroadcast,
    forward.registersOnly,
  ],
  () => [
    forward.pipelined,
    forward.registerBlocked,
    forward.vectorised,
    forward.winograd,
    forward.gemm1x1,
    forward.vec4Lanes,
  ],
);

/** Rows from which copying weight pays for itself. */
const transposingRows = 1024;

export const selectGradInput = prefer(
  (shape) => [
    ...(winogradPays(shape) ? [gradInput.winograd] : []),
    gradInput.gemm1x1,
    ...(gradInput.phaseRows(shape) >= transposingRows ? [gradInput.transposedWeight] : []),
    gradInput.laneBroadcast,
    gradInput.registersOnly,
  ],
  () => [gradInput.pipelined, gradInput.registerBlocked, gradInput.vectorised, gradInput.winograd, gradInput.gemm1x1],
);

export const selectGradWeight = prefer(
  (shape) => [
    ...(winogradPays(shape) ? [gradWeight.winograd] : []),
    gradWeight.gemm1x1,
    gradWeight.vec4Lanes,
    gradWeight.laneBroadcast,
    gradWeight.registersOnly,
  ],
  () => [gradWeight.pipelined, gradWeight.splitK, gradWeight.vectorised, gradWeight.winograd, gradWeight.gemm1x1],
);
