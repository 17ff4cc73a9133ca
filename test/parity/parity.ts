// Trains the same network from the same weights on the same batches here and in PyTorch, and compares: README.md.
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { flagsOf, OptionsError, runCommand } from "@fledge/bench/command-line";
import { makeFolder, writeFileWhole } from "@fledge/files";
import { Gpu } from "@fledge/runtime";
import { readSafetensors } from "@fledge/safetensors";
import { readBatches, writeBatches } from "./batches.ts";
import { agreementOf, differenceOf, relativeDifference, shortcomings, type TorchRun } from "./compare.ts";
import { Ours } from "./ours.ts";
import { parityPicture } from "./picture.ts";
import { files, regimes, settings, type Regime } from "./settings.ts";

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** What keeps an interpreter from training, null where nothing does: said before our own side has trained for minutes. */
function whatTorchLacks(python: string): string | null {
  const { status, error, stderr } = spawnSync(python, ["-c", "import numpy, torch, torchvision"], { encoding: "utf8" });
  if (!error && status === 0) return null;
  const problem = error
    ? `does not start (${error.message})`
    : `lacks what train.py imports: ${stderr.trim().split("\n").at(-1)}`;
  const mend =
    "Give an interpreter with torch and torchvision with --python (Debian: python3-torch and python3-torchvision, --python /usr/bin/python3)";
  return `${python} ${problem}. ${mend}.`;
}

function runTorch(python: string, folder: string): void {
  const env = { ...process.env, OMP_NUM_THREADS: "1" };
  const { status } = spawnSync(python, [here("train.py"), folder], { stdio: "inherit", env });
  if (status !== 0) throw new Error(`train.py ended with ${status}; it says why above`);
}

async function compare(gpu: Gpu, regime: Regime, folder: string, python: string) {
  await writeFile(join(folder, files.settings), JSON.stringify({ ...settings, ...regime }));
  const batches = await readBatches(folder);
  const last = batches.at(-1)!;
  const ours = new Ours(gpu, regime);
  try {
    await ours.save(join(folder, files.initial), 0);
    const losses = await ours.train(batches);
    await ours.save(join(folder, files.ours), settings.steps);
    const ownLogits = await ours.logits(last);

    runTorch(python, folder);
    const torch = JSON.parse(await readFile(join(folder, files.losses), "utf8")) as TorchRun;
    const { tensors } = await readSafetensors(join(folder, files.logits));
    const torchLogits = (name: string): Float32Array => tensors.get(name)!.data as Float32Array;

    const singleSteps = [];
    for (const { step, float64, float32 } of torch.snapshots) {
      await ours.load(join(folder, files.snapshot(step)));
      const loss = await ours.loss(batches[step]!);
      singleSteps.push({
        step,
        loss: float64,
        ours: relativeDifference(loss, float64),
        torchFloat32: relativeDifference(float32, float64),
      });
    }
    await ours.load(join(folder, files.torch));
    const theirs = await ours.logits(last);
    const { float64, float32, float32WithoutOneDnn, float64Moved } = torch.losses;
    return {
      settings: { ...settings, ...regime },
      adapter: gpu.adapter.name,
      torch: torch.version,
      losses: { ours: losses, ...torch.losses },
      /** Each against PyTorch in float64. */
      differences: {
        ours: differenceOf(losses, float64),
        torchFloat32: differenceOf(float32, float64),
        torchFloat32WithoutOneDnn: differenceOf(float32WithoutOneDnn, float64),
        torchFloat64Moved: differenceOf(float64Moved, float64),
      },
      oursAgainstTorchFloat32: differenceOf(losses, float32),
      /** The loss of one step from PyTorch's weights, against float64. */
      singleSteps,
      maskFlips: torch.maskFlips,
      reluInputs: torch.reluInputs,
      checkpoints: {
        oursInTorch: agreementOf(ownLogits, torchLogits("ours"), settings.classes),
        torchInOurs: agreementOf(theirs, torchLogits("torch"), settings.classes),
      },
    };
  } finally {
    ours.release();
  }
}

type Result = Awaited<ReturnType<typeof compare>>;

function print({
  settings: { name, learningRate, zeroInitResidual },
  adapter,
  torch,
  losses,
  differences,
  oursAgainstTorchFloat32,
  singleSteps,
  maskFlips,
  reluInputs,
  checkpoints,
}: Result): void {
  const short = (value: number): string => value.toExponential(1);
  console.log(
    `\n${name}: learning rate ${learningRate}, zeroInitResidual ${zeroInitResidual}; ours on ${adapter}, PyTorch ${torch} on the CPU\n`,
  );
  console.log("step  ours      float64   ours/f64  f32/f64  moved/f64  ReLU outputs that differ, f32/f64");
  losses.ours.forEach((loss, step) => {
    const { ours, torchFloat32, torchFloat64Moved } = differences;
    const columns = [ours, torchFloat32, torchFloat64Moved].map(({ byStep }) => short(byStep[step]!).padEnd(9));
    console.log(
      `${String(step).padEnd(6)}${loss.toFixed(6)}  ${losses.float64[step]!.toFixed(6)}  ${columns.join("")} ${maskFlips[step]} of ${reluInputs}`,
    );
  });
  console.log("\nrelative difference of the losses         max       mean");
  for (const [name, { max, mean }] of Object.entries({
    ...differences,
    "ours against torchFloat32": oursAgainstTorchFloat32,
  })) {
    console.log(`${name.padEnd(42)}${short(max)}   ${short(mean)}`);
  }
  console.log("\none step from PyTorch's weights, against float64");
  for (const { step, ours, torchFloat32 } of singleSteps)
    console.log(`step ${String(step).padEnd(6)} ours ${short(ours)}   torchFloat32 ${short(torchFloat32)}`);
  console.log("\ncheckpoints, logits in eval mode");
  for (const [name, { relativeError, samePredictions, images }] of Object.entries(checkpoints)) {
    console.log(
      `${name.padEnd(14)} relative error ${short(relativeError)}, ${samePredictions} of ${images} predictions the same`,
    );
  }
}

function pictureOf({ losses: { ours, float32, float64 }, differences }: Result): string {
  return parityPicture(
    { "ours (float32)": ours, "PyTorch (float32)": float32, "PyTorch (float64)": float64 },
    {
      ours: differences.ours.byStep,
      "PyTorch float32": differences.torchFloat32.byStep,
      "PyTorch float32, oneDNN off": differences.torchFloat32WithoutOneDnn.byStep,
      "PyTorch float64, weights moved by half an ulp": differences.torchFloat64Moved.byStep,
    },
  );
}

const usage = `npx tsx test/parity/parity.ts [options]
  --out FOLDER      where results go (default test/parity/results)
  --python PROGRAM  an interpreter with torch and torchvision (default python3)`;

const text = { type: "string" } as const;

await runCommand(usage, async (args) => {
  const { out = here("results"), python = "python3" } = flagsOf(args, { out: text, python: text });
  const lack = whatTorchLacks(python);
  if (lack !== null) throw new OptionsError(lack);
  const folder = await mkdtemp(join(tmpdir(), "fledge-parity-"));
  const gpu = await Gpu.open();
  try {
    await writeBatches(folder);
    await makeFolder(out);
    for (const regime of regimes) {
      const result = await compare(gpu, regime, folder, python);
      await writeFileWhole(join(out, `${regime.name}.json`), `${JSON.stringify(result, null, 1)}\n`);
      await writeFileWhole(join(out, `${regime.name}.svg`), pictureOf(result));
      print(result);
      for (const shortcoming of shortcomings(result)) {
        console.error(`${regime.name}: ${shortcoming}`);
        process.exitCode = 1;
      }
    }
  } finally {
    await gpu.close();
    await rm(folder, { recursive: true, force: true });
  }
});
