import { withEdits } from "@fledge/testing/browser";
import { describe, expect, it, vi } from "vitest";
import { Engine, type CaseView, type LadderView } from "../src/engine/engine.ts";
import { puzzles, type PlacedPuzzle } from "../src/puzzles.ts";
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

describe.each(puzzles)("$rung", (puzzle) => {
  it.each(puzzle.wrong)("refuses: $mistake", async ({ edits }) => {
    const ladder = await ladderOf(puzzle);
    const { rung } = startOf(puzzle, ladder.rungs);
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

  it("takes the rung itself", async () => {
    const ladder = await ladderOf(puzzle);
    // Each is searched for hazards, some with a pipeline of its own; that it is right on all is its kernel's own test.
    const few = shapesOf(ladder).slice(0, 4);
    expect(await faultOf(puzzle, startOf(puzzle, ladder.rungs).rung.source, few, true)).toBeNull();
  });

  it("begins with a module that compiles, and is timed on a layer that there is", async () => {
    const ladder = await ladderOf(puzzle);
    const { start } = startOf(puzzle, ladder.rungs);
    const [smallest] = shapesOf(ladder);
    const verdict = await engine.tryEdit(puzzle, { base: puzzle.rung, source: start }, smallest!, false);
    expect(verdict.messages).toEqual([]);
    expect(ladder.cases.filter(({ kind }) => kind === "layer").map(({ name }) => name)).toContain(puzzle.layer);
    expect(puzzle.share).toBeGreaterThan(0);
    expect(puzzle.share).toBeLessThanOrEqual(1);
    expect(puzzle.hints.length).toBeGreaterThan(1);
    expect(puzzle.wrong.length).toBeGreaterThanOrEqual(5);
  });
});
