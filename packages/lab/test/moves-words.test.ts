import { describe, expect, it } from "vitest";
import { layoutOf, pitch } from "../src/ui/moves/cell-layout.ts";
import { axesOf, commentAbove, lanesInShort } from "../src/ui/moves/words.ts";

describe("layoutOf", () => {
  it.each([[[]], [[40]], [[8, 4]], [[2, 8, 16]], [[16, 4, 4]], [[7, 3, 5]], [[3, 3, 4, 4]], [[1, 4, 4, 32]]])(
    "gives each cell of %j a place of its own within the picture",
    (shape) => {
      const { placeOf, width, height, labels } = layoutOf(shape);
      const count = shape.reduce((product: number, size) => product * size, 1);
      const places = Array.from({ length: count }, (_, cell) => placeOf(cell));
      expect(new Set(places.map((place) => place.join())).size).toBe(count);
      for (const [x, y] of places) {
        expect(x >= 0 && x + pitch <= width + 1).toBe(true);
        expect(y >= 0 && y + pitch <= height + 1).toBe(true);
      }
      for (const { x, y } of labels) expect(places.some((place) => place.join() === [x, y + 3].join())).toBe(true);
    },
  );

  it("puts Winograd's positions in a square", () => {
    const { labels } = layoutOf([16, 4, 16]);
    expect(new Set(labels.map(({ x }) => x)).size).toBe(4);
    expect(new Set(labels.map(({ y }) => y)).size).toBe(4);
  });
});

it("names the lanes of a cell where that is short", () => {
  expect(lanesInShort([3])).toBe("3");
  expect(lanesInShort([1, 0, 2])).toBe("0-2");
  expect(lanesInShort([0, 2])).toBe("×2");
  expect(lanesInShort([10, 11])).toBe("×2");
});

const source = `// scale, rung 01: a title
// Layout    x [N,IH,IW,IC], sums
//           [2,C]; out [N, C]
const N = 1u;

/// Sums rows,
/// in pairs.
@compute @workgroup_size(N)
fn sumRows() {}
@compute @workgroup_size(N)
fn total() {}
`;

it("finds what the comment above an entry point says", () => {
  expect(commentAbove(source, "sumRows")).toBe("Sums rows, in pairs.");
  expect(commentAbove(source, "total")).toBe("");
});

it("finds what the header calls a tensor's axes", () => {
  expect(axesOf(source, { name: "x", shape: [1, 2, 2, 4] })).toBe("N,IH,IW,IC");
  expect(axesOf(source, { name: "out", shape: [1, 4] })).toBe("N,C");
  expect(axesOf(source, { name: "out", shape: [4] })).toBe("");
  expect(axesOf(source, { name: "weight", shape: [4] })).toBe("");
});
