import { ladderTests, type LadderTests } from "@fledge/testing";
import type { AffineMatrix, Placed } from "../src/index.ts";
import { sizes, type Size } from "./batches.ts";
import {
  affineProblem,
  blendProblem,
  cropProblem,
  mapProblem,
  part,
  rectangleProblem,
  shearProblem,
  tablesProblem,
  turned,
  whole,
} from "./problems.ts";

const named = <Shape>(
  name: string,
  { shape, ...problem }: Omit<LadderTests<Shape>, "cases"> & { readonly shape: Shape },
): LadderTests<Shape> => ({
  ...problem,
  cases: { [name]: shape },
});

/** Few enough pixels to be looked at one by one: the smallest shape of a ladder is what the lab draws. */
const few: readonly Size[] = [
  [4, 3],
  [3, 2],
];

for (const some of [few, sizes])
  ladderTests(named(some === few ? "two small images" : "images of many sizes", mapProblem(some)));

ladderTests(named("two small images", tablesProblem("auto-contrast", few)));
for (const kind of ["auto-contrast", "equalize", "contrast"] as const)
  ladderTests(named(kind, tablesProblem(kind, [...sizes, [300, 20]])));

ladderTests(named("two small images", blendProblem("sharpness", few)));
for (const kind of ["color", "sharpness"] as const) ladderTests(named(kind, blendProblem(kind, sizes)));

ladderTests(named("rectangles in two small images", rectangleProblem(few)));
ladderTests(named("rectangles inside, over the edge and of no pixel", rectangleProblem(sizes)));

const matrices: readonly [string, (place: Placed, n: number) => AffineMatrix][] = [
  ["turned", (place, n) => turned(place, [7, -30, 90, 180, 45][n % 5]!)],
  ["sheared along x and along y", (_, n) => (n % 2 ? [1, 0.3, 0, 0, 1, 0] : [1, 0, 0, -0.21, 1, 0])],
  ["moved by a fraction", ({ width, height }, n) => [1, 0, 0.37 * width * (n % 2 ? 1 : -1), 0, 1, -0.21 * height]],
  ["moved out of sight", ({ width }) => [1, 0, width, 0, 1, 0]],
];
ladderTests(named("two small images, turned", affineProblem(matrices[0]![1], few)));
for (const [name, matrixOf] of matrices) ladderTests(named(name, affineProblem(matrixOf, sizes)));

// Shears of the paper's package: at many pixels the cubic is an integer but for the last bit.
const shears = [0.3, -0.1, 0.03333333333333333, -0.26666666666666666, 0.2, 0, 2 ** -40, -0.75, 0.9999];
ladderTests(named("two small images along x", shearProblem("x", shears, few)));
for (const axis of ["x", "y"] as const) ladderTests(named(`along ${axis}`, shearProblem(axis, shears, sizes)));

const square = { OH: 16, OW: 16 };
const oblong = { OH: 7, OW: 21 };
const tiny = { OH: 3, OW: 4 };
ladderTests(
  named(
    "parts of two small images",
    cropProblem(tiny, (place, n) => whole(part(place, 0.6 + n / 5, 0.4), tiny), few),
  ),
);
ladderTests(
  named(
    "parts",
    cropProblem(square, (place, n) => whole(part(place, 0.3 + n / 15, 0.4), square), sizes),
  ),
);
ladderTests(
  named(
    "whole images",
    cropProblem(oblong, (place) => whole(part(place, 1, 0), oblong), sizes),
  ),
);
ladderTests(
  named(
    "the middle of what was resized",
    cropProblem(
      square,
      (place) => ({
        region: part(place, 1, 0),
        width: 24,
        height: 30,
        box: { left: 4, top: 7, width: 16, height: 16 },
      }),
      sizes,
    ),
  ),
);
