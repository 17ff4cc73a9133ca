import type { Box, Point } from "./geometry.ts";

function format(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function pathData(points: readonly Point[], closed: boolean): string {
  const steps = points.map((point) => `${format(point.x)} ${format(point.y)}`);
  return `M${steps.join("L")}${closed ? "Z" : ""}`;
}

/** Collects SVG marks back to front, and the points they go through. */
export class Sketch {
  readonly #marks: string[] = [];
  readonly #points: Point[] = [];

  get svg(): string {
    return this.#marks.join("");
  }

  /** A filled closed shape; with `edge`, outlined in that colour. */
  shape(points: readonly Point[], fill: string, opacity = 1, edge?: { colour: string; width: number }): void {
    this.#points.push(...points);
    const stroke = edge ? ` stroke="${edge.colour}" stroke-width="${format(edge.width)}" stroke-linejoin="round"` : "";
    this.#marks.push(`<path d="${pathData(points, true)}" fill="${fill}"${opacityOf(opacity)}${stroke}/>`);
  }

  line(points: readonly Point[], colour: string, width: number, opacity = 1): void {
    this.#points.push(...points);
    this.#marks.push(
      `<path d="${pathData(points, false)}" fill="none" stroke="${colour}" stroke-width="${format(width)}"` +
        ` stroke-linecap="round" stroke-linejoin="round"${opacityOf(opacity)}/>`,
    );
  }

  ellipse(centre: Point, radiusX: number, radiusY: number, fill: string, angleDeg = 0, opacity = 1): void {
    const [x, y] = [format(centre.x), format(centre.y)];
    this.#points.push(
      { x: centre.x - radiusX, y: centre.y - radiusY },
      { x: centre.x + radiusX, y: centre.y + radiusY },
    );
    this.#marks.push(
      `<ellipse cx="${x}" cy="${y}" rx="${format(radiusX)}" ry="${format(radiusY)}" fill="${fill}"` +
        `${opacityOf(opacity)} transform="rotate(${format(-angleDeg)} ${x} ${y})"/>`,
    );
  }

  /** The box about every point drawn so far, after `map` moved it. */
  bounds(map: (point: Point) => Point): Box {
    const moved = this.#points.map(map);
    const xs = moved.map((point) => point.x);
    const ys = moved.map((point) => point.y);
    const [x, y] = [Math.min(...xs), Math.min(...ys)];
    return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
  }
}

function opacityOf(opacity: number): string {
  return opacity === 1 ? "" : ` opacity="${format(opacity)}"`;
}
