import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { commandLine } from "../src/cli/command-line.mjs";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const labelled = join(folder, "birds", "CUB_200_2010");

/** Runs `fledge`, which must fail with a message in words, and gives the message on one line. */
async function refusal(...args: string[]): Promise<string> {
  const { code, output } = await run(...args);
  expect(code).toBe(1);
  expect(output).not.toMatch(/^\s+at .*[:(]/m); // a stack trace
  return output.replaceAll(/\s+/g, " ");
}

describe("help and version", () => {
  it("prints the version", async () => {
    expect(await run("--version")).toMatchObject({ code: 0, output: `${packageJson.version}\n` });
  });

  it("lists every command", async () => {
    const { code, output } = await run("--help");
    expect(code).toBe(0);
    for (const name of [
      "doctor",
      "demo",
      "dataset",
      "train",
      "pseudo-label",
      "evaluate",
      "robustness",
      "reproduce",
      "report",
      "explain",
      "tune",
      "bench",
    ]) {
      expect(output).toMatch(new RegExp(`^  ${name} `, "m"));
    }
  });

  it.each([
    ["doctor", "--adapter", "--power", "--software"],
    ["demo", "--run", "--resume", "--dry-run", "--json", "--adapter"],
    ["dataset make-demo", "--seed", "--species"],
    ["dataset verify", "--labelled", "--unlabelled", "--extract", "--json"],
    ["train", "<model>", "teacher", "noisy-student", "--preset", "--run", "--resume", "--adapter"],
    [
      "reproduce",
      "--preset",
      "--labelled",
      "--unlabelled",
      "--weights",
      "--seed",
      "--batch-size",
      "--epochs",
      "--workers",
      "--set",
      "--run",
      "--resume",
    ],
    ["study plan", "--scale", "--study", "--no-measure", "--json", "--adapter"],
    ["pseudo-label", "--run", "--adapter"],
    ["evaluate", "--run", "--adapter"],
    ["robustness", "--run", "--adapter"],
    ["report", "--run"],
    [
      "bench",
      "[kernel...]",
      "--full",
      "--json",
      "--readme",
      "--rung",
      "--shape",
      "--adapter",
      "--compare",
      "--renew-baseline",
    ],
    ["explain", "--program", "--classes", "--preset", "--set"],
    ["augment preview", "--images", "--count", "--run", "--sample", "--out", "--set"],
  ])("%s --help names its flags", async (command, ...flags) => {
    const { code, output } = await run(...command.split(" "), "--help");
    expect(code).toBe(0);
    for (const flag of flags) expect(output).toContain(flag);
  });

  const leavesOf = (command: Command, before = ""): string[] => {
    const name = `${before}${command.name()}`;
    if (command.commands.length === 0) return [name];
    return command.commands.flatMap((below) => leavesOf(below, `${name} `));
  };
  const acting = commandLine()
    .commands.flatMap((command) => leavesOf(command))
    .filter((name) => name !== "complete");

  it.each(acting)("%s --help has examples, which parse", async (name) => {
    const { output } = await run(...name.split(" "), "--help");
    expect(output).toContain("Examples:");
    const lines = output.slice(output.indexOf("Examples:")).split("\n").slice(1).filter(Boolean);
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) {
      expect(line).toContain("npx fledge ");
      const words = /fledge ([^)#>]*)/.exec(line)![1]!.trim().split(" ");
      let acted = false;
      const program = commandLine();
      const disarm = (command: Command): void => {
        command.exitOverride().action(() => void (acted = true));
        command.commands.forEach(disarm);
      };
      program.commands.forEach(disarm);
      program.parse(words, { from: "user" });
      expect(acted, line).toBe(true);
    }
  });

  it.each(acting.filter((name) => !name.startsWith("completion")))("%s takes --quiet", async (name) => {
    expect((await run(...name.split(" "), "--help")).output).toContain("--quiet");
  });

  it("are what the README says: it names every command and flag, and no other", async () => {
    const readme = await readFile(join(import.meta.dirname, "..", "README.md"), "utf8");
    const commands = [...(await run("--help")).output.matchAll(/^  ([a-z-]+) (?:\[options\]|<|  )/gm)].map(
      ([, name]) => name!,
    );
    const flagsIn = (text: string): string[] => [...text.matchAll(/--[a-z]+(?:-[a-z]+)*/g)].map(([flag]) => flag);
    const flags = new Set(["--version"]);
    for (const name of [
      ...commands,
      "dataset make-demo",
      "dataset overlap",
      "dataset verify",
      "augment preview",
      "study run",
      "study plan",
      "study report",
      "study status",
      "study submit",
      "study node",
      "study export",
    ]) {
      for (const flag of flagsIn((await run(...name.split(" "), "--help")).output)) flags.add(flag);
    }
    for (const name of commands) expect(readme).toMatch(new RegExp(`\`${name}[\` ]`));
    expect([...new Set(flagsIn(readme))].sort()).toEqual([...flags].sort());
  });
});

describe("what does not parse", () => {
  it.each([
    [["frobnicate"], /unknown command 'frobnicate'/],
    [["frobnicate", "--help"], /unknown command 'frobnicate'/],
    [["help", "frobnicate"], /unknown command 'frobnicate'/],
    [["-h", "frobnicate"], /unknown command 'frobnicate'/],
    [["dataset", "frobnicate", "--help"], /unknown command 'frobnicate'/],
    [["dataset", "help", "frobnicate"], /unknown command 'frobnicate'/],
    [["repoduce", "--help"], /unknown command 'repoduce'.*Did you mean reproduce/],
    [["train"], /missing required argument 'model'/],
    [["train", "parrot"], /'parrot' is invalid.*teacher, student, noisy-student/],
    [["reproduce", "--bogus"], /unknown option '--bogus'/],
    [["reproduce", "--preset", "nope"], /--preset.*'nope' is invalid.*paper-text, paper-code, clean, demo, paper\./],
    [["reproduce", "--epochs", "1,2"], /--epochs.*'1,2' is invalid.*100,50,50/],
    [["reproduce", "--epochs", "1,,2"], /--epochs.*"" is no whole number of at least 0/],
    [["reproduce", "--epochs", "0,1,1"], /--epochs.*"0" is no whole number of at least 1/],
    [["reproduce", "--seed", "x"], /--seed.*"x" is no whole number of at least 0/],
    [["reproduce", "--seed", "1.5"], /--seed.*"1.5" is no whole number/],
    [["reproduce", "--batch-size", "1"], /--batch-size.*"1" is no whole number of at least 2/],
    [["reproduce", "--workers", "-1"], /--workers.*"-1" is no whole number of at least 0/],
    [["reproduce", "--software", "maybe"], /--software.*allow, forbid, require/],
    [["report"], /required option '--run <dir>' not specified/],
  ])("%j", async (args, message) => {
    expect(await refusal(...args)).toMatch(message);
  });
});

describe("what was given as nothing, as an unset variable of a shell is", () => {
  it.each([
    [["report", "--run", ""], "--run"],
    [["train", "teacher", "--labelled", ""], "--labelled"],
    [["predict", "", "a.jpg"], "model"],
    [["predict", "runs/mine", "a.jpg", ""], "image"],
    [["dataset", "verify", "--labelled", "images.tgz", ""], "--labelled"],
    [["conformance", ".", "--json", ""], "--json"],
    [["bench", ""], "kernel"],
  ])("%j", async (args, name) => {
    expect(await refusal(...args)).toContain(`${name}: what was given is empty: give a value, or leave it out`);
  });
});

describe("settings that cannot be", () => {
  it.each([
    [["--set", "training.learningRate=abc"], /training.learningRate: "abc" will not do; it may be a number above 0/],
    [
      ["--set", "training.learningRate=1e400"],
      /training.learningRate: Infinity will not do; it may be a number above 0/,
    ],
    [["--set", "nope=1"], /nope: there is no such setting; there is preset, method, /],
    [["--set", "training"], /--set wants key=value, got "training"/],
    [["--seed", "4294967296"], /seed: 4294967296 will not do; it may be a whole number from 0 to 4294967295/],
    [["--workers", "1000"], /loader.workers: 1000 will not do; it may be a whole number from 0 to 128/],
    [["--set", "data.imageSize=9000"], /data.imageSize: 9000 will not do; it may be a whole number from 32 to 8192/],
    [
      ["--set", "data.imageSize=8192", "--set", "views.resize=8192"],
      /a batch of 32 images of 8192 pixels cannot be computed \(.*\): give less with --batch-size or --set data.imageSize=/,
    ],
    [["--set", "split.validation=0.01"], /split.validation: 0.01 of 48 labelled images is not one image/],
    [
      ["--set", "pseudoLabels.from=own-split", "--set", "pseudoLabels.validation=0.02"],
      /pseudoLabels.validation: 0.02 of 48/,
    ],
    [
      ["--set", "data.imageSize=32", "--batch-size", "17"],
      /training.batchSize: 17 leaves a last batch of one image out of 35.*--batch-size/,
    ],
    [
      ["--set", "data.imageSize=32", "--batch-size", "5"],
      /training.batchSize: 5 leaves a last batch of one image out of 36/,
    ],
    [
      ["--set", "data.imageSize=32", "--set", "teacherTraining.batchSize=17"],
      /teacherTraining.batchSize: 17 leaves a last batch of one image out of 35.*--set teacherTraining.batchSize=/,
    ],
    [["--set", "pseudoLabels.heldOut=0.02"], /pseudoLabels.heldOut: 0.02 of 36 unlabelled images is not one image/],
    // 36 images, 11 of them held out: 25 and 11.
    [
      ["--set", "data.imageSize=32", "--set", "pseudoLabels.heldOut=0.31", "--batch-size", "12"],
      /training.batchSize: 12 leaves a last batch of one image out of 25/,
    ],
    [
      [
        "--set",
        "data.imageSize=32",
        "--set",
        "pseudoLabels.heldOut=0.31",
        "--set",
        "pseudoLabels.teacherMode=train",
        "--batch-size",
        "10",
      ],
      /training.batchSize: 10 leaves a last batch of one image out of 11/,
    ],
  ])("%j", async (flags, message) => {
    expect(await refusal("reproduce", ...birds, ...flags)).toMatch(message);
  });
});

describe("files and folders that are not there or not right", () => {
  it("names a missing folder of images and the flag for it", async () => {
    expect(await refusal("reproduce", "--labelled", "/nowhere", ...birds.slice(2))).toMatch(
      /data.labelled: there is no folder \/nowhere; give it with --labelled/,
    );
    expect(await refusal("reproduce", ...birds.slice(0, 2), "--unlabelled", "/nowhere")).toMatch(
      /data.unlabelled: there is no folder \/nowhere; give it with --unlabelled/,
    );
  });

  it("names a folder that holds no data set, and leaves no run behind", async () => {
    const empty = join(folder, "empty");
    await mkdir(empty);
    const runFolder = join(folder, "never");
    expect(await refusal("reproduce", "--labelled", empty, ...birds.slice(2), "--run", runFolder)).toContain(
      `${empty}: there is no class folder in it`,
    );
    expect(existsSync(runFolder)).toBe(false);
  });

  it("names two data sets whose classes differ", async () => {
    const other = join(folder, "other");
    for (const name of ["001.Penguin", "Penguin"]) {
      await mkdir(join(other, name), { recursive: true });
      await writeFile(join(other, name, `${name}.jpg`), "");
    }
    expect(await refusal("reproduce", "--labelled", labelled, "--unlabelled", other)).toMatch(
      /other\/Penguin: the folder "001\.Penguin" beside it is called as a class.*Call every folder as a class, or none/,
    );
  });

  it("says which weights the paper preset wants and how to give them", async () => {
    const message = await refusal("reproduce", "--preset", "paper", ...birds);
    expect(message).toMatch(
      /network.weights: there is no file weights\/resnet50-0676ba61.pth.*torchvision.*checkpoints.*--weights.*--set network.weights=null/,
    );
  });

  it("keeps the resolved preset's name where a short one was given", async () => {
    const runFolder = join(folder, "short-name");
    const { code } = await run(
      "train",
      "teacher",
      "--preset",
      "paper",
      ...birds,
      ...small,
      "--set",
      "network.weights=null",
      "--epochs",
      "1,0,1",
      "--run",
      runFolder,
    );
    expect(code).toBe(0);
    expect(JSON.parse(await readFile(join(runFolder, "config.json"), "utf8"))).toMatchObject({ preset: "paper-text" });
  });

  it("names a weights file that is damaged or of another network, and leaves no run behind", async () => {
    const runFolder = join(folder, "never");
    const damaged = join(folder, "damaged.safetensors");
    await writeFile(damaged, "no weights at all");
    expect(await refusal("reproduce", ...birds, ...small, "--weights", damaged, "--run", runFolder)).toMatch(
      /network.weights: .*damaged.safetensors.*Give a ResNet-18 of width 4 .* with --weights/,
    );
    expect(existsSync(runFolder)).toBe(false);
  });

  it("does not draw over a folder that holds something, and names an impossible number of species", async () => {
    expect(await refusal("dataset", "make-demo", folder)).toMatch(
      /the folder is not empty.*Name a new or an empty folder/,
    );
    expect(await refusal("dataset", "make-demo", join(folder, "new"), "--species", "1000")).toMatch(
      /speciesCount must be in 2 .. \d+, got 1000/,
    );
    expect(existsSync(join(folder, "new"))).toBe(false);
  });
});

describe("runs", () => {
  it("wants the folder of a run where one is to go on", async () => {
    expect(await refusal("reproduce", "--resume")).toContain("--resume wants the run's folder: give it with --run");
    for (const stage of [["train", "student"], ["pseudo-label"], ["evaluate"], ["robustness"]]) {
      expect(await refusal(...stage)).toMatch(/wants a run with a trained teacher: give it with --run/);
    }
  });

  it("names a folder that holds no run", async () => {
    for (const command of [["reproduce", "--resume"], ["train", "student"], ["evaluate"], ["report"]]) {
      expect(await refusal(...command, "--run", "/nowhere")).toContain(
        "/nowhere holds no run (there is no config.json)",
      );
    }
  });

  it("says of a run that is named without --resume that it is one, before anything of images", async () => {
    const begun = join(folder, "begun");
    await mkdir(begun);
    await writeFile(join(begun, "config.json"), "{}");
    for (const command of [["reproduce"], ["train", "teacher"]])
      expect(await refusal(...command, "--run", begun)).toContain(`${begun} holds a run: continue it with --resume`);
  });

  it("does not write into a folder that holds something", async () => {
    const used = join(folder, "used");
    await mkdir(used);
    await writeFile(join(used, "notes.txt"), "mine");
    expect(await refusal("reproduce", ...birds, ...small, "--run", used)).toMatch(
      /used is not empty: give another folder with --run, or continue that run with --resume/,
    );
    expect(await readdir(used)).toEqual(["notes.txt"]);
  });

  it("names a configuration that is damaged", async () => {
    const broken = join(folder, "broken-run");
    await mkdir(broken);
    await writeFile(join(broken, "config.json"), "{");
    expect(await refusal("reproduce", "--resume", "--run", broken)).toContain(
      "config.json is no JSON: restore it or start a new run",
    );
    await writeFile(join(broken, "config.json"), '{"seed": 1}');
    expect(await refusal("report", "--run", broken)).toMatch(/config.json: .*training: it is missing/);
  });
});

describe("adapters", () => {
  it("names the adapters that there are where the one asked for is not among them", async () => {
    expect(await refusal("doctor", "--adapter", "bogus")).toMatch(/no adapter is called "bogus"; there is ".+"/);
  });

  it("leaves no run behind where there is no adapter", async () => {
    const runFolder = join(folder, "never");
    await refusal("reproduce", ...birds, ...small, "--adapter", "bogus", "--run", runFolder);
    expect(existsSync(runFolder)).toBe(false);
  });
});
