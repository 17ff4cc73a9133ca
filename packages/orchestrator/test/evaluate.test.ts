import { join } from "node:path";
import { readVariables, writeVariables } from "@fledge/autograd";
import { ImageCache, readDataset } from "@fledge/data";
import { openTestGpu } from "@fledge/testing";
import { expect, it } from "vitest";
import { resolveConfig, UsageError } from "../src/config/resolve.ts";
import { evaluate } from "../src/training/evaluate.ts";
import { Model } from "../src/training/model.ts";
import { cleanView } from "../src/training/views.ts";
import { drawBirds } from "./birds.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const [, images] = await drawBirds(join(folder, "birds"));
const gpu = await openTestGpu();
const config = resolveConfig("demo", [
  { data: { imageSize: 32 }, views: { resize: 36 }, network: { depth: 18, width: 4 } },
]);
const dataset = readDataset(images!);
const options = {
  dataset,
  view: cleanView(config),
  seed: 1,
  repeat: 3,
  batchSize: 16,
  workers: 0,
  cache: new ImageCache(2 ** 26),
};

it("gives the mean loss and a class for every image, and refuses a loss that is no number", async () => {
  const model = Model.create(gpu, config, dataset.classes.length);
  const { loss, accuracy, classes } = await evaluate(model, options);
  expect(loss).toBeGreaterThan(0);
  expect(classes).toHaveLength(48);
  expect(accuracy).toBe(dataset.samples.filter(({ label }, index) => label === classes[index]).length / 48);
  const values = await readVariables(gpu, model.network.variables);
  values.get("bn1.running_var")!.fill(Number.NaN);
  writeVariables(gpu, model.network.variables, values);
  const refusal: unknown = await evaluate(model, options).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(UsageError);
  expect((refusal as Error).message).toMatch(
    /the loss on the images of .* is NaN \(evaluation 3\).*lower training.learningRate/,
  );
});
