import { benchLadder } from "@fledge/bench";
import type { Size } from "../test/batches.ts";
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
} from "../test/problems.ts";

/** Photographs of CUB are about as large. */
const photographs: readonly Size[] = Array.from({ length: 2 }, () => [500, 375]);
const name = "2 photographs of 500 x 375";

const bench = <Shape>(
  title: string,
  { shape, ...problem }: Omit<Parameters<typeof benchLadder<Shape>>[0], "title" | "cases"> & { readonly shape: Shape },
): Promise<void> => benchLadder({ ...problem, title, cases: { [name]: shape } });

const side = { OH: 224, OW: 224 };
await bench(
  "crop-resize",
  cropProblem(side, (place) => whole(part(place, 0.8, 0.5), side), photographs),
);
await bench("map-values", mapProblem(photographs));
await bench("value-tables", tablesProblem("equalize", photographs));
await bench("blend", blendProblem("sharpness", photographs));
await bench(
  "affine-nearest",
  affineProblem((place) => turned(place, 20), photographs),
);
await bench("shear-bicubic", shearProblem("x", [0.2], photographs));
await bench("paint-rectangle", rectangleProblem(photographs));
