import type { ActivationShape } from "../src/shape.ts";

/** Activations of two rows or more, by what is odd about them. */
export const activations: Readonly<Record<string, ActivationShape>> = {
  "16 channels of 32 x 32 x 32": { N: 32, H: 32, W: 32, C: 16 },
  "layer1.0.bn1 at 224 px, batch 1": { N: 1, H: 56, W: 56, C: 64 },
  "layer3.5.bn3 at 64 px": { N: 8, H: 4, W: 4, C: 1024 },
  "layer4.2.bn3 at 64 px": { N: 8, H: 2, W: 2, C: 2048 },
  "more than 512 strips of 64 rows": { N: 1, H: 200, W: 181, C: 4 },
  "strips of 256 rows, the last of 7": { N: 1, H: 7, W: 37, C: 48 },
  "a last strip of one row": { N: 1, H: 5, W: 13, C: 12 },
  "strips of 17 rows of 256 channels, the last of 4": { N: 1, H: 7, W: 37, C: 256 },
  "channels no multiple of 4, tall": { N: 1, H: 61, W: 47, C: 3 },
  "channels no multiple of 4": { N: 3, H: 13, W: 9, C: 37 },
  "one channel": { N: 2, H: 3, W: 3, C: 1 },
  "1 x 1 images": { N: 6, H: 1, W: 1, C: 36 },
  "two rows": { N: 2, H: 1, W: 1, C: 8 },
};

/** One row: what evaluation may meet and training refuses. */
export const singleRow: ActivationShape = { N: 1, H: 1, W: 1, C: 8 };

/** The same shapes with more fields to each. */
export function withOptions<Shape extends ActivationShape, Options extends object>(
  shapes: Readonly<Record<string, Shape>>,
  options: Options,
): Record<string, Shape & Options> {
  return Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, { ...shape, ...options }]));
}
