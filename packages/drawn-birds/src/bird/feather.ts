import { plus, type Point } from "../geometry.ts";
import { Tube } from "../tube.ts";

/** One feather from its root along a unit vector: narrow at the root, widest past the middle, blunt at the tip. */
export function feather(root: Point, direction: Point, length: number, width: number, pointed = 0): Tube {
  const at = (t: number, radius: number): Point & { radius: number } => ({
    ...plus(root, direction, t * length),
    radius: (radius * width) / 2,
  });
  return new Tube([at(0, 0.5), at(0.25, 0.85), at(0.5, 1), at(0.75, 1 - 0.25 * pointed), at(1, 0.55 - 0.5 * pointed)]);
}
