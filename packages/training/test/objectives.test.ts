import { compile, place, readVariables, Sgd } from "@fledge/autograd";
import type { View } from "@fledge/data";
import type { Mode } from "@fledge/resnet";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import { labelsOf, prediction, pseudoLabelled, renderedImages, supervised, trainingStep } from "../src/index.ts";
import { narrowModel } from "./networks.ts";

const gpu = await openTestGpu();
const imageSize = 32;
const images = renderedImages(imageSize);
const size = 4;

/** Images of different noise, the same at every call. */
const noise = (offset: number) =>
  Uint8Array.from({ length: size * 32 * 32 * 3 }, (_, i) => Math.imul(i + offset * 7919, 2654435761) >>> 13);

const view: View = { crop: { kind: "center", resize: 36, size: 32 }, flip: false };

const imagesPlacement = new Int32Array(size * 3);

async function modelsAndStep(teaching: { readonly mode: Mode; readonly view?: View }) {
  const [teacher, student] = [narrowModel(gpu, imageSize, 5, 1), narrowModel(gpu, imageSize, 5, 2)];
  const optimiser = new Sgd(student.network.parameters, { momentum: 0.9 });
  place(gpu, optimiser.variables);
  const objective = pseudoLabelled(labelsOf({ network: teacher.network, ...teaching }), imageSize, {
    labelSmoothing: 0,
  });
  const step = await compile(gpu, ...trainingStep(student.network, objective, optimiser)(size));
  const predict = async (shown: Uint8Array, mode: Mode) => {
    const program = await teacher.predict(size, mode);
    return (await program.run({ images: shown, imagesPlacement, labels: new Int32Array(size) })).classes;
  };
  const teacherImages = { teacherImages: noise(1), teacherImagesPlacement: imagesPlacement };
  const run = () => step.run({ images: noise(0), imagesPlacement, ...teacherImages, learningRate: 0.1 });
  return { teacher, student, predict, run };
}

describe("supervised", () => {
  /** A step of a network on the same images and labels, with what it says of them before. */
  async function step(labelSmoothing: number) {
    const { network } = narrowModel(gpu, imageSize, 5, 3);
    const optimiser = new Sgd(network.parameters);
    place(gpu, optimiser.variables);
    const given = { images: noise(2), imagesPlacement, labels: Int32Array.of(0, 1, 2, 3) };
    const before = await compile(gpu, ...prediction(network, images, "train", ({ logits }) => ({ logits }))(size));
    const said = await before.run(given);
    const objective = supervised(images, { labelSmoothing });
    const program = await compile(gpu, ...trainingStep(network, objective, optimiser)(size));
    const learned = await program.run({ ...given, learningRate: 0.1 });
    const after = await program.run({ ...given, learningRate: 0 });
    return { said, learned, after };
  }

  it("is the cross entropy of the data set's labels, which a step lowers", async () => {
    const { said, learned, after } = await step(0);
    expect(learned.labels).toEqual(Int32Array.of(0, 1, 2, 3));
    expect(learned.loss[0]).toBeCloseTo(said.loss[0]!, 5);
    expect(learned.correct).toEqual(said.correct);
    expect(after.loss[0]!).toBeLessThan(learned.loss[0]!);
  });

  it("smooths the labels by labelSmoothing", async () => {
    const smoothing = 0.3;
    const { said, learned } = await step(smoothing);
    const rows = [0, 1, 2, 3].map((row) => [...said.logits.subarray(row * 5, row * 5 + 5)]);
    const losses = rows.map((row, label) => {
      const logSum = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
      const uniform = row.reduce((sum, logit) => sum + (logSum - logit) / 5, 0);
      return (1 - smoothing) * (logSum - row[label]!) + smoothing * uniform;
    });
    expect(learned.loss[0]).toBeCloseTo(
      losses.reduce((sum, loss) => sum + loss / 4, 0),
      4,
    );
  });
});

it("learns from the teacher's classes for its own view of the images, and leaves the teacher as it was", async () => {
  const { teacher, student, predict, run } = await modelsAndStep({ mode: "eval", view });
  const [teacherBefore, studentBefore] = [
    await readVariables(gpu, teacher.network.variables),
    await readVariables(gpu, student.network.variables),
  ];
  const predicted = await predict(noise(1), "eval");
  expect((await run()).labels).toEqual(predicted);
  expect(await readVariables(gpu, teacher.network.variables)).toEqual(teacherBefore);
  const studentAfter = await readVariables(gpu, student.network.variables);
  for (const { name } of student.network.parameters)
    expect(studentAfter.get(name), name).not.toEqual(studentBefore.get(name));
});

it("pseudoLabels.view: without a view of its own the teacher labels what the student sees", async () => {
  // In train mode, because an untrained network in eval mode gives every image one class.
  const { predict, run } = await modelsAndStep({ mode: "train" });
  const [ofStudentsView, ofItsOwn] = [await predict(noise(0), "train"), await predict(noise(1), "train")];
  expect(ofStudentsView).not.toEqual(ofItsOwn);
  expect((await run()).labels).toEqual(ofStudentsView);
});

it("pseudoLabels.teacherMode: in train mode it labels on the batch's statistics and its running ones drift", async () => {
  const { teacher, predict, run } = await modelsAndStep({ mode: "train" });
  const frozen = await predict(noise(0), "eval");
  const before = await readVariables(gpu, teacher.network.variables);
  const { labels } = await run();
  expect(labels).not.toEqual(frozen);
  expect(labels).toEqual(await predict(noise(0), "train"));
  const after = await readVariables(gpu, teacher.network.variables);
  const changed = teacher.network.variables.filter(({ name }) =>
    after.get(name)!.some((value, i) => value !== before.get(name)![i]),
  );
  expect(changed).toEqual(teacher.network.variables.filter(({ role }) => role === "statistic"));
});
