import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeSafetensors } from "@fledge/safetensors";
import { TorchWeightsError } from "@fledge/torch-weights";
import { expect, it } from "vitest";
import { describeWeights, publishedName, readWeights } from "../src/stages/initial-weights.ts";
import { WeightsError } from "../src/stages/weights-error.ts";
import { temporaryFolder } from "./folder.ts";
import { torchFile } from "./torch-file.ts";

const folder = await temporaryFolder();
const tensors = new Map([["fc.weight", { shape: [2, 2], data: Float32Array.of(1, -2, 3.5, 4) }]]);

it("reads safetensors and PyTorch's files by their content, whatever they are called", async () => {
  const files = { safetensors: join(folder, "a.pth"), torch: join(folder, "b.safetensors") };
  await writeSafetensors(files.safetensors, tensors);
  await writeFile(files.torch, torchFile(tensors));
  expect(await readWeights(files.safetensors)).toEqual(tensors);
  expect(await readWeights(files.torch)).toEqual(tensors);
});

it("refuses a file that is neither, cut off, or not there", async () => {
  const [other, cut] = [join(folder, "other.pth"), join(folder, "cut.pth")];
  await writeFile(other, "no weights at all");
  await writeFile(cut, torchFile(tensors).subarray(0, 100));
  await expect(readWeights(other)).rejects.toThrow(WeightsError);
  await expect(readWeights(cut)).rejects.toThrow(TorchWeightsError);
  await expect(readWeights(join(folder, "absent.pth"))).rejects.toThrow(/absent.pth: there is no such file/);
  await expect(readWeights(folder)).rejects.toThrow(/directory/);
});

it("knows torchvision's files by their sha256, and gives the hash of any other", async () => {
  expect(publishedName("0676ba61b6795bbe".padEnd(64, "0"))).toBe("torchvision's resnet50-0676ba61.pth (IMAGENET1K_V1)");
  expect(publishedName("11ad3fa6".padEnd(64, "0"))).toContain("(IMAGENET1K_V2)");
  expect(publishedName("19c8e357".padEnd(64, "0"))).toContain("the older file");
  expect(publishedName("0676ba60".padEnd(64, "0"))).toBeNull();
  const abc = join(folder, "abc");
  await writeFile(abc, "abc");
  expect(await describeWeights(abc)).toMatch(
    /none of torchvision's .*sha256 ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad/,
  );
});
