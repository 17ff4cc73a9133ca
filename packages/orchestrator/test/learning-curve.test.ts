import { expect, it } from "vitest";
import { learningCurveSvg } from "../src/report/learning-curve.ts";
import { epochRecord } from "./records.ts";

/** A curve with these validation accuracies, the first `pseudo` epochs on pseudo-labels. */
const curve = (name: string, accuracies: readonly number[], pseudo = 0) => ({
  name,
  epochs: accuracies.map((validationAccuracy, epoch) => {
    const phase = epoch < pseudo ? "pseudo-labelled" : "labelled";
    return epochRecord(epoch, { phase, validationAccuracy });
  }),
});

/** The points of the models' lines, in pixels: the clipped paths of the plot. */
function lines(svg: string): [x: number, y: number][][] {
  const paths = [...svg.matchAll(/<g clip-path="[^"]+">\s*<path d="M([^"]+)"/g)].map((match) => match[1]!);
  return paths.map((path) => path.split("L").map((point) => point.split(" ").map(Number) as [number, number]));
}

/** Where the dashed line stands, in pixels. */
const markX = (svg: string): number | undefined => {
  const found = /<path d="M([\d.]+) [^"]+"[^>]*stroke-dasharray/.exec(svg);
  return found ? Number(found[1]) : undefined;
};

const teacher = curve("Teacher", [0.1, 0.2, 0.3, 0.4, 0.5]);
const student = curve("Student", [0.2, 0.25, 0.3, 0.5, 0.6], 3);
const noisyStudent = curve("Noisy Student", [0.2, 0.22, 0.28, 0.4, 0.45], 3);

it("draws a line for each model through all its epochs, and names it", () => {
  const svg = learningCurveSvg([teacher, student, noisyStudent]);
  expect(lines(svg).map((points) => points.length)).toEqual([5, 5, 5]);
  for (const name of ["Teacher", "Student", "Noisy Student"]) expect(svg).toContain(`>${name}</text>`);
});

it("draws a dot for a model of one epoch, which makes no line", () => {
  const dots = (svg: string): number => svg.split('<path d="M1 0').length - 1;
  // A legend entry holds one dot for every model.
  const [one, many] = [learningCurveSvg([curve("Teacher", [0.4])]), learningCurveSvg([teacher])];
  expect(dots(one)).toBe(dots(many) + 1);
});

it("draws a higher accuracy higher, and a later epoch further right", () => {
  const [points] = lines(learningCurveSvg([teacher]));
  for (let i = 1; i < points!.length; i++) {
    expect(points![i]![0]).toBeGreaterThan(points![i - 1]![0]);
    expect(points![i]![1]).toBeLessThan(points![i - 1]![1]);
  }
});

it("marks the first epoch with true labels, and says what the mark means", () => {
  const svg = learningCurveSvg([teacher, student, noisyStudent]);
  const switchX = lines(svg)[1]![3]![0];
  expect(Math.abs(markX(svg)! - switchX)).toBeLessThanOrEqual(0.5);
  expect(svg).toContain("true labels from here");
});

it("marks nothing where there were no pseudo-labels", () => {
  const svg = learningCurveSvg([teacher]);
  expect(markX(svg)).toBeUndefined();
  expect(svg).not.toContain("true labels");
});

it("gives a whole SVG document of the size asked for", () => {
  const svg = learningCurveSvg([teacher], { width: 400, height: 300 });
  expect(svg).toMatch(/^<svg width="400" height="300" [^]*<\/svg>$/);
});
