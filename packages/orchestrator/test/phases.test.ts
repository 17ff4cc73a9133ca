import type { Dataset, View } from "@fledge/data";
import { expect, it } from "vitest";
import type { Model } from "../src/training/model.ts";
import { labelled, phaseOf, pseudoLabelled } from "../src/training/phases.ts";

const dataset: Dataset = { name: "birds", root: "/birds", classes: ["001.Wren"], samples: [] };
const view: View = { crop: { kind: "center", resize: 36, size: 32 }, flip: false };
const teacher = { model: {} as Model, view, mode: "eval" as const };

it("gives each epoch the phase it falls into, counted over all phases", () => {
  const phases = [pseudoLabelled(dataset, view, 2, teacher), labelled(dataset, view, 3)];
  const names = Array.from({ length: 5 }, (_, epoch) => phaseOf(phases, epoch).name);
  expect(names).toEqual(["pseudo-labelled", "pseudo-labelled", "labelled", "labelled", "labelled"]);
});

it("passes over a phase without epochs", () => {
  const phases = [pseudoLabelled(dataset, view, 0, teacher), labelled(dataset, view, 1)];
  expect(phaseOf(phases, 0).name).toBe("labelled");
});

it("refuses an epoch past the last", () => {
  expect(() => phaseOf([labelled(dataset, view, 2)], 2)).toThrow(/epoch 2 is past the last of 2/);
});

it("carries a teacher only where the teacher labels", () => {
  expect(pseudoLabelled(dataset, view, 1, teacher).teacher).toBe(teacher);
  expect(labelled(dataset, view, 1).teacher).toBeUndefined();
});
