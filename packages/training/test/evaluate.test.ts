import { readVariables, writeVariables } from "@fledge/autograd";
import { ImageCache } from "@fledge/data";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import { DivergedError, evaluate } from "../src/index.ts";
import { narrowModel } from "./networks.ts";
import { noiseImages } from "./noise-images.ts";

const gpu = await openTestGpu();
const dataset = await noiseImages("evaluated", 21, 3);
const options = {
  dataset,
  view: { crop: { kind: "center", resize: 32, size: 32 }, flip: false } as const,
  seed: 1,
  repeat: 3,
  batchSize: 16,
  workers: 0,
  cache: new ImageCache(2 ** 26),
};

it("gives the mean loss and a class for every image, and refuses a loss that is no number", async () => {
  const model = narrowModel(gpu, 32, 3);
  const { loss, accuracy, classes } = await evaluate(model, options);
  expect(loss).toBeGreaterThan(0);
  expect(classes).toHaveLength(21);
  expect(accuracy).toBe(dataset.samples.filter(({ label }, index) => label === classes[index]).length / 21);
  const values = await readVariables(gpu, model.network.variables);
  values.get("bn1.running_var")!.fill(Number.NaN);
  writeVariables(gpu, model.network.variables, values);
  const refusal: unknown = await evaluate(model, options).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(DivergedError);
  expect((refusal as Error).message).toMatch(
    /the loss on the images of evaluated is NaN \(evaluation 3\): .* have left the range of numbers/,
  );
});
