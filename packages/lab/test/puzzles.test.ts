import { withEdits } from "@fledge/testing/browser";
import { describe, expect, it, vi, type TestContext } from "vitest";
import { Engine, type CaseView, type LadderView, type RungView, type Verdict } from "../src/engine/engine.ts";
import { parts, puzzles, type PlacedPuzzle } from "../src/puzzles.ts";
import { startOf } from "../src/start-of.ts";

// What a page's build resolves by the condition "browser": test and benchmark files say what they have, and run nothing.
vi.mock("@fledge/testing", () => import("@fledge/testing/browser"));
vi.mock("@fledge/bench", () => import("@fledge/bench/browser"));

const engine = new Engine();
const ladders = new Map<string, Promise<LadderView>>();

async function ladderOf(puzzle: PlacedPuzzle): Promise<LadderView> {
  const { project, kernel } = puzzle;
  if (!ladders.has(kernel)) ladders.set(kernel, engine.ladder({ project, kernel }));
  return ladders.get(kernel)!;
}

/** The shapes of the ladder's test, small ones first: most mistakes show there. */
const shapesOf = ({ cases }: LadderView): readonly CaseView[] =>
  cases.filter(({ kind }) => kind === "test").sort((a, b) => a.sizeBytes - b.sizeBytes);

/** Larger shapes repeat what smaller ones show, and the kernels' own tests run every rung on them. */
const smallBytes = 2 ** 17;

/** Leaves a test out, and says why, where this adapter cannot run the puzzle's rung at all. */
function needs({ lacks }: RungView, { skip }: TestContext): void {
  if (lacks !== null) skip(lacks);
}

/** The verdicts of as many shapes as are wanted, in their order, on which a module can run here. */
async function verdictsOf(
  puzzle: PlacedPuzzle,
  source: string,
  shapes: readonly CaseView[],
  wanted: number,
  search: boolean,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { key } of shapes) {
    if (verdicts.length === wanted) break;
    const verdict = await engine.tryEdit(puzzle, { base: puzzle.rung, source }, { key }, search);
    if (verdict.outcome !== "unsupported") verdicts.push(verdict);
  }
  expect(verdicts).toHaveLength(wanted);
  return verdicts;
}

/** The first shape on which the checks of the page find fault with a module, and what they say; or null. */
async function faultOf(
  puzzle: PlacedPuzzle,
  source: string,
  shapes: readonly CaseView[],
  search: boolean,
): Promise<string | null> {
  for (const { key, name } of shapes) {
    const verdict = await engine.tryEdit(puzzle, { base: puzzle.rung, source }, { key }, search);
    if (verdict.messages.length > 0) throw new Error(`it does not compile: ${verdict.reason}`);
    if (verdict.outcome === "failed") return `${name}: ${verdict.reason}`;
  }
  return null;
}

describe("the list", () => {
  it("begins with an invocation that finds its number", () => {
    expect(puzzles[0]!.rung).toBe("relu/01-naive");
  });

  it.each(parts.flatMap(({ kernels }) => kernels))("has three to five puzzles of %s", (kernel) => {
    const own = puzzles.filter((puzzle) => puzzle.kernel === kernel);
    expect(own.length).toBeGreaterThanOrEqual(3);
    expect(own.length).toBeLessThanOrEqual(5);
  });

  it("gives each its own title and rung", () => {
    expect(new Set(puzzles.map(({ title }) => title)).size).toBe(puzzles.length);
    expect(new Set(puzzles.map(({ rung }) => rung)).size).toBe(puzzles.length);
  });
});

describe.each(puzzles)("$rung", (puzzle) => {
  it.for(puzzle.wrong)("refuses: $mistake", async ({ edits }, context) => {
    const ladder = await ladderOf(puzzle);
    const { rung } = startOf(puzzle, ladder.rungs);
    needs(rung, context);
    const source = withEdits(rung.source, edits);
    const shapes = shapesOf(ladder);
    const small = shapes.filter(({ sizeBytes }) => sizeBytes <= smallBytes);
    // In the order of what they cost; the page runs all of it on each shape.
    const fault =
      (await faultOf(puzzle, source, small, false)) ??
      (await faultOf(puzzle, source, small, true)) ??
      (await faultOf(puzzle, source, shapes, true));
    expect(fault).not.toBeNull();
  });

  it("takes the rung itself", async (context) => {
    const ladder = await ladderOf(puzzle);
    const { rung } = startOf(puzzle, ladder.rungs);
    needs(rung, context);
    // Each is searched for hazards, some with a pipeline of its own; that it is right on all is its kernel's own test.
    const verdicts = await verdictsOf(puzzle, rung.source, shapesOf(ladder), 2, true);
    expect(verdicts.map(({ outcome, reason }) => reason ?? outcome)).toEqual(["sound", "sound"]);
  });

  it("begins with a module that compiles", async (context) => {
    const ladder = await ladderOf(puzzle);
    const { rung, start } = startOf(puzzle, ladder.rungs);
    needs(rung, context);
    const [verdict] = await verdictsOf(puzzle, start, shapesOf(ladder), 1, false);
    expect(verdict!.messages).toEqual([]);
  });

  it("has a layer to be timed on, hints, and mistakes to find", async () => {
    const ladder = await ladderOf(puzzle);
    expect(ladder.cases.filter(({ kind }) => kind === "layer").map(({ name }) => name)).toContain(puzzle.layer);
    expect(puzzle.share).toBeGreaterThan(0);
    expect(puzzle.share).toBeLessThanOrEqual(1);
    expect(puzzle.hints.length).toBeGreaterThan(1);
    expect(puzzle.wrong.length).toBeGreaterThanOrEqual(5);
  });
});
