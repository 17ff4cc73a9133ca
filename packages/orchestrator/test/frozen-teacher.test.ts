import { readVariables, Sgd, place } from "@fledge/autograd";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import type { View } from "@fledge/data";
import { Model } from "../src/training/model.ts";
import { compilePseudoLabelledStep, update } from "../src/training/steps.ts";

const gpu = await openTestGpu();
const demo = presets["demo"]!;
const config = {
  ...demo,
  data: { ...demo.data, imageSize: 32 },
  network: { ...demo.network, depth: 18 as const, width: 4, zeroInitResidual: false },
};
const size = 4;

/** Images of different noise, the same at every call. */
const noise = (offset: number) =>
  Uint8Array.from({ length: size * 32 * 32 * 3 }, (_, i) => Math.imul(i + offset * 7919, 2654435761) >>> 13);

const view: View = { crop: { kind: "center", resize: 36, size: 32 }, flip: false };

async function modelsAndStep(labeller: { readonly mode: "eval" | "train"; readonly view?: View }) {
  const teacher = Model.create(gpu, { ...config, seed: 1 }, 5);
  const student = Model.create(gpu, { ...config, seed: 2 }, 5);
  const optimiser = new Sgd(student.network.parameters, { momentum: 0.9 });
  place(gpu, optimiser.variables);
  const step = await compilePseudoLabelledStep(student, { model: teacher, ...labeller }, update(optimiser), size, 0);
  const placement = new Int32Array(size * 3);
  const predict = async (images: Uint8Array, mode: "eval" | "train") =>
    (await (await teacher.predict(size, mode)).run({ images, placement, labels: new Int32Array(size) })).classes;
  const run = () =>
    step.run({ images: noise(0), placement, teacherImages: noise(1), teacherPlacement: placement, learningRate: 0.1 });
  return { teacher, student, predict, run };
}

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
