import { spawnSync } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeRgb, resizeCenterCrop } from "@fledge/data";
import { onnxText } from "@fledge/onnx";
import { readSafetensors } from "@fledge/safetensors";
import { readTorchWeights } from "@fledge/torch-weights";
import { beforeAll, describe, expect, it } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { onnxLogits } from "./onnx-runtime.ts";

const folder = await temporaryFolder();
const at = (...parts: string[]): string => join(folder, ...parts);
const trained = at("trained");
const photos = at("photos");
const exported = { onnx: at("birds.onnx"), torch: at("birds.pth"), safetensors: at("birds.safetensors") };

/** An image of each class, one that is none and one whose name a page or a spreadsheet would act on. */
async function takePhotos(): Promise<void> {
  await mkdir(photos);
  const images = at("birds", "CUB_200_2010", "images");
  for (const [index, species] of (await readdir(images)).sort().entries()) {
    const [first] = (await readdir(join(images, species))).sort();
    await copyFile(join(images, species, first!), join(photos, index === 0 ? "=a<b>.jpg" : `${index}.jpg`));
  }
  await writeFile(join(photos, "broken.jpg"), "no image");
}

beforeAll(async () => {
  const birds = await drawBirds(at("birds"));
  await run("train", "teacher", ...birds, ...small, "--epochs", "2,1,1", "--run", trained);
  await takePhotos();
  const { onnx, torch, safetensors } = exported;
  await run("export", trained, "--onnx", onnx, "--torch", torch, "--safetensors", safetensors);
});

/** What `fledge` prints without what it says of its adapter. */
async function printed(...args: string[]): Promise<string> {
  const { code, output } = await run(...args);
  expect(code, output).toBe(0);
  return output;
}

const csvIn = (output: string): string[][] =>
  output
    .slice(output.indexOf("image,rank"))
    .split("\n")
    .filter((line) => /,\d+,\d+,/.test(line))
    .map((line) => line.split(","));

async function refusal(...args: string[]): Promise<string> {
  const { code, output } = await run(...args);
  expect(code).toBe(1);
  return output.replaceAll(/\s+/g, " ");
}

/** `fledge` in a process of its own, whose stdout and stderr can be told apart. */
function inProcess(...args: string[]): { stdout: string; stderr: string } {
  const program = join(import.meta.dirname, "../bin/fledge.mjs");
  return spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
}

it("evaluate and report print their tables as JSON, and nothing else on stdout", async () => {
  const evaluated = await run("evaluate", "--run", trained, "--json");
  expect(evaluated.output).toContain("computing on");
  const tables = JSON.parse(evaluated.stdout) as { rows: unknown[] }[];
  expect(tables[0]!.rows).not.toHaveLength(0);
  const reported = await run("report", "--run", trained, "--json");
  expect(reported.output).toContain("the report is");
  expect(JSON.parse(reported.stdout)).toEqual(tables);
  expect(JSON.parse(await readFile(join(trained, "report", "tables.json"), "utf8"))).toEqual(tables);
});

describe("export", () => {
  it("keeps the run's weights, bit for bit, with class names and preprocessing", async () => {
    const best = await readSafetensors(join(trained, "teacher", "best.safetensors"));
    const safetensors = await readSafetensors(exported.safetensors);
    const torch = await readTorchWeights(exported.torch);
    expect(safetensors.tensors).toEqual(best.tensors);
    expect(torch.tensors).toEqual(best.tensors);
    const species = (await readdir(at("birds", "CUB_200_2010", "images"))).sort();
    for (const text of [safetensors.metadata, torch.metadata, onnxText(await readFile(exported.onnx))]) {
      expect(JSON.parse(text["classes"]!)).toEqual(species);
      expect(JSON.parse(text["preprocessing"]!)).toEqual({
        resize: 36,
        crop: 32,
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      });
      expect(text).toMatchObject({ architecture: "resnet18", width: "4" });
    }
  });

  it("refuses to write over the model itself, wants a format, and ONNX wants a size", async () => {
    const best = join(trained, "teacher", "best.safetensors");
    expect(await refusal("export", best, "--safetensors", best)).toContain("is the model itself: give another name");
    expect(await refusal("export", trained)).toContain("name a format: --onnx, --torch or --safetensors");
    const bare = at("bare.safetensors");
    await copyFile(best, bare);
    expect(await refusal("export", bare, "--onnx", at("x.onnx"))).toMatch(/how large its images are.*--image-size/);
  });
});

describe("predict", () => {
  it("says of images what ONNX Runtime says of the exported model, by its own preprocessing", async () => {
    const rows = csvIn(await printed("predict", trained, photos, "--csv", "--top", "3"));
    expect(rows).toHaveLength(9);
    const onnx = await readFile(exported.onnx);
    const { resize, crop, mean, std } = JSON.parse(onnxText(onnx)["preprocessing"]!) as {
      resize: number;
      crop: number;
      mean: number[];
      std: number[];
    };
    const { data } = resizeCenterCrop(await decodeRgb(join(photos, "1.jpg")), resize, crop);
    const planes = Float32Array.from({ length: data.length }, (_, i) => {
      const channel = Math.floor(i / crop ** 2);
      return (data[(i % crop ** 2) * 3 + channel]! / 255 - mean[channel]!) / std[channel]!;
    });
    const logits = await onnxLogits(onnx, planes, [1, 3, crop, crop]);
    const sum = logits.reduce((total, value) => total + Math.exp(value), 0);
    for (const [, , label, , probability] of rows.filter(([image]) => image!.endsWith("1.jpg")))
      expect(Number(probability)).toBeCloseTo(Math.exp(logits[Number(label)]!) / sum, 4);
  });

  const oneImage = async (place: string): Promise<string[][]> =>
    csvIn(await printed("predict", place, join(photos, "1.jpg"), "--csv", "--top", "3"));

  it("says the same by the run, its best weights and what was exported of it", async () => {
    const byRun = await oneImage(trained);
    expect(byRun).toHaveLength(3);
    for (const place of [join(trained, "teacher"), exported.safetensors, exported.torch])
      expect(await oneImage(place)).toEqual(byRun);
  });

  it("takes a checkpoint, whose weights are the last epoch's", async () => {
    const last = await oneImage(join(trained, "teacher", "last.safetensors"));
    expect(last).toHaveLength(3);
    expect(last.map(([image]) => image)).toEqual((await oneImage(trained)).map(([image]) => image));
  });

  it("sets aside what is no image and names it, and escapes names wherever they are shown", async () => {
    const page = at("page.html");
    const output = await printed("predict", trained, photos, "--csv", "--page", page);
    expect(output.replaceAll(/\s+/g, " ")).toMatch(/set aside.*: 1 .*broken\.jpg: this image cannot be decoded/);
    const html = await readFile(page, "utf8");
    expect(html).toContain("=a&lt;b&gt;.jpg");
    expect(html).not.toContain("a<b>");
    expect(html.match(/<figure>/g)).toHaveLength(3);
    expect(html).toMatch(/<li>[^<]*broken\.jpg/);
    expect(await refusal("predict", trained, join(photos, "broken.jpg"))).toContain("none of these files can be read");
  });

  it("prints JSON on stdout, and nothing else there", () => {
    const { stdout, stderr } = inProcess("predict", trained, photos, "--json", "--top", "2");
    expect(stderr).toContain("computing on");
    const json = JSON.parse(stdout) as {
      images: { image: string; top: { class: number; name: string; probability: number }[] }[];
      setAside: { path: string }[];
    };
    expect(json.images).toHaveLength(3);
    for (const { top } of json.images) {
      expect(top).toHaveLength(2);
      expect(top[0]!.probability).toBeGreaterThanOrEqual(top[1]!.probability);
      expect(top[0]!.name).toMatch(/^00[1-3]\./);
    }
    expect(json.setAside.map(({ path }) => path)).toEqual([join(photos, "broken.jpg")]);
  });

  it("asks for what a file of weights does not say, by the option that says it", async () => {
    const bare = at("plain.safetensors");
    await copyFile(join(trained, "teacher", "best.safetensors"), bare);
    const image = join(photos, "1.jpg");
    expect(await refusal("predict", bare, image)).toMatch(/how large its images are.*--image-size/);
    expect(await refusal("predict", bare, image, "--image-size", "32")).toMatch(
      /does not name its 3 classes.*--classes/,
    );
    const names = at("names.txt");
    await writeFile(names, "wren\nowl\n");
    expect(await refusal("predict", bare, image, "--image-size", "32", "--classes", names)).toMatch(
      /names 2 classes, and the model tells apart 3/,
    );
    await writeFile(names, "wren\nowl\nrobin\n");
    const sized = ["--image-size", "32", "--resize", "36", "--csv", "--top", "1"];
    const named = csvIn(await printed("predict", bare, image, ...sized, "--classes", names));
    const numbered = csvIn(await printed("predict", bare, image, ...sized, "--classes", "none"));
    const [, , label, , probability] = csvIn(await printed("predict", trained, image, "--csv", "--top", "1"))[0]!;
    expect(named[0]!.slice(2)).toEqual([label, ["wren", "owl", "robin"][Number(label)], probability]);
    expect(numbered[0]!.slice(2)).toEqual([label, `class ${label}`, probability]);
  });

  it.each([
    [["nowhere", "x.jpg"], /nowhere: there is no such file or folder: name the folder of a run/],
    [["RUN", "nowhere"], /nowhere: there is no such file or folder/],
    [["RUN", "PHOTOS", "--of", "student"], /has no trained student; there is teacher/],
    [["RUN/teacher/best.safetensors", "PHOTOS", "--of", "teacher"], /--of chooses one of a run's models/],
    [["PHOTOS/1.jpg", "PHOTOS"], /it is a picture or a document: give a file of weights/],
    [["RUN", "PHOTOS", "--json", "--csv"], /give one of them/],
    [
      ["RUN", "PHOTOS", "--image-size", "40", "--resize", "30"],
      /a crop of 40 pixels does not fit a shorter side of 30/,
    ],
  ])("refuses %j", async (args, message) => {
    const named = args.map((word) => word.replace(/^RUN/, trained).replace(/^PHOTOS/, photos));
    expect(await refusal("predict", ...named)).toMatch(message);
  });
});
