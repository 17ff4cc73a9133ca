import { expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import { cleanView, evaluationView, randAugmented, trainView } from "../src/stages/views.ts";

const paper = presets["paper-text"]!;

it("trains on RandomResizedCrop(224) and a flip", () => {
  expect(trainView(paper)).toEqual({
    crop: { kind: "random-resized", size: 224, scale: [0.08, 1], ratio: [3 / 4, 4 / 3] },
    flip: true,
  });
});

it("shows the teacher Resize(256), CenterCrop(224), where nothing is random", () => {
  expect(cleanView(paper)).toEqual({ crop: { kind: "center", resize: 256, size: 224 }, flip: false });
});

it("evaluates on the training view as the paper's code does, or on the clean one", () => {
  expect(evaluationView(paper)).toEqual(trainView(paper));
  expect(evaluationView({ ...paper, views: { ...paper.views, evaluation: "center" } })).toEqual(cleanView(paper));
});

it("adds RandAugment and changes nothing else", () => {
  expect(randAugmented(cleanView(paper), paper)).toEqual({
    ...cleanView(paper),
    randAugment: { library: "jizongfox", order: "before-crop" },
  });
});
