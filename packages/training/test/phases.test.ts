import type { Dataset, View } from "@fledge/data";
import { expect, it } from "vitest";
import { supervised, renderedImages } from "../src/index.ts";
import { phaseOf, type Phase } from "../src/phases.ts";

const dataset: Dataset = { name: "birds", root: "/birds", classes: ["001.Wren"], samples: [] };
const view: View = { crop: { kind: "center", resize: 36, size: 32 }, flip: false };
const objective = supervised(renderedImages(32), { labelSmoothing: 0 });

const phase = (name: string, epochs: number): Phase => ({ name, epochs, dataset, view, objective });

it("gives each epoch the phase it falls into, counted over all phases", () => {
  const phases = [phase("first", 2), phase("second", 3)];
  const names = Array.from({ length: 5 }, (_, epoch) => phaseOf(phases, epoch).name);
  expect(names).toEqual(["first", "first", "second", "second", "second"]);
});

it("passes over a phase without epochs", () => {
  expect(phaseOf([phase("first", 0), phase("second", 1)], 0).name).toBe("second");
});

it("refuses an epoch past the last", () => {
  expect(() => phaseOf([phase("first", 2)], 2)).toThrow(/epoch 2 is past the last of 2/);
});
