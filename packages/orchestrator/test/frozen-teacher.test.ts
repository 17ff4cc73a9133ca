import { readVariables, Sgd, place } from "@fledge/autograd";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import { presets } from "../src/config/presets.ts";
import { Model } from "../src/training/model.ts";
import { compilePseudoLabelledStep } from "../src/training/steps.ts";

const gpu = await openTestGpu();
const demo = presets["demo"]!;
const config = { ...demo, data: { ...demo.data, imageSize: 32 }, network: { ...demo.network, depth: 18 as const, width: 4, zeroInitResidual: false } };
const size = 4;

/** Images of different noise, the same at every call. */
const noise = (offset: number) => Uint8Array.from({ length: size * 32 * 32 * 3 }, (_, i) => (i * 2654435761 + offset * 97) >>> 13);

it("learns from the teacher's classes for its own view of the images, and leaves the teacher as it was", async () => {
  const teacher = Model.create(gpu, { ...config, seed: 1 }, 5);
  const student = Model.create(gpu, { ...config, seed: 2 }, 5);
  const optimiser = new Sgd(student.network.parameters, { momentum: 0.9 });
  place(gpu, optimiser.variables);
  const placement = new Int32Array(size * 3);
  const step = await compilePseudoLabelledStep(student, teacher, optimiser, size, 0);
  const [teacherBefore, studentBefore] = [await readVariables(gpu, teacher.network.variables), await readVariables(gpu, student.network.variables)];
  const predicted = await (await teacher.predict(size)).run({ images: noise(1), placement, labels: new Int32Array(size) });

  const result = await step.run({ images: noise(0), placement, teacherImages: noise(1), teacherPlacement: placement, learningRate: 0.1 });

  expect(result.labels).toEqual(predicted.classes);
  expect(await readVariables(gpu, teacher.network.variables)).toEqual(teacherBefore);
  const studentAfter = await readVariables(gpu, student.network.variables);
  for (const { name } of student.network.parameters) expect(studentAfter.get(name), name).not.toEqual(studentBefore.get(name));
});
