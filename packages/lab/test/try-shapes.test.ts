import { expect, it } from "vitest";
import type { Verdict } from "../src/engine/engine.ts";
import { verdictsInWords } from "../src/ui/try-shapes.ts";

const verdict = (outcome: Verdict["outcome"]): Verdict => ({
  rung: "relu/yours",
  case: "one element",
  outcome,
  reason: null,
  worstError: null,
  worstAt: null,
  hazards: [],
  messages: [],
});
const words = (...outcomes: readonly Verdict["outcome"][]): string => verdictsInWords(outcomes.map(verdict));

it("counts no shape as right on which nothing ran", () => {
  expect(words("sound", "sound")).toMatch(/^Right on all 2 shapes, /);
  expect(words("sound", "unsupported", "sound")).toMatch(/^Right on 2 of 3 shapes, .*; the others cannot run here\.$/);
  expect(words("unsupported", "unsupported")).toBe("None of 2 shapes can run here, so that nothing was tested.");
  expect(words("unsupported", "failed", "sound")).toBe("Wrong on 1 of 3 shapes.");
});
