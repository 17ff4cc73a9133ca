import { compile, place, type ExplainedPlan } from "@fledge/autograd";
import { checkWritable, writeFileWhole } from "@fledge/files";
import { choiceText, type Choices, type Gpu } from "@fledge/runtime";
import { optimiserOf } from "@fledge/training";
import { UsageError } from "../../config/resolve.ts";
import { madeUpInputs } from "../../cost/made-up.ts";
import { optimiserSettings } from "../../stages/optimiser.ts";
import { precisionText, requirePrecision } from "../../stages/precision.ts";
import { programsOf, sourceOf } from "../../stages/programs.ts";
import type { Config } from "../../config/schema.ts";
import { choicesOf } from "../../run/kernels-file.ts";
import { noisyStudentOf } from "../../run/records.ts";
import { networkChoice, sizeOf, type NetworkChoice } from "../../stages/networks.ts";
import { newModel } from "../../stages/models.ts";
import { configFrom, type AdapterFlags, type ConfigFlags, type TuningFlags } from "../options.ts";
import { knownKernels } from "../choose-kernels.ts";
import { chromeTrace } from "../chrome-trace.ts";
import { log } from "../log.mjs";
import { openGpu } from "../open-gpu.ts";
import { textTable } from "../text-table.ts";

type Flags = ConfigFlags &
  TuningFlags &
  AdapterFlags & {
    readonly json?: true;
    readonly profile: boolean;
    readonly trace?: string;
    readonly program: "train" | "predict";
    readonly classes: number;
    readonly generation: number;
  };

const warmUpMs = 400;

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/**
 * Compiles the students' program that is asked for, with noise where any has it, and gives its plan: of a batch in parts
 * that of the largest part.
 */
async function planOf(gpu: Gpu, config: Config, choices: Choices, flags: Flags): Promise<ExplainedPlan> {
  if (flags.generation > config.generations.count)
    throw new UsageError(
      `--generation: ${flags.generation} is more than generations.count, ${config.generations.count}`,
    );
  // Where a step takes images of both sets, that is the one; else the one on true labels, which all methods have.
  const kinds = flags.program === "predict" ? ["evaluation"] : ["joint step", "fixmatch step", "labelled step"];
  const ofGeneration = sizeOf(networkChoice(config, noisyStudentOf(flags.generation)));
  const uses = programsOf(config).filter(
    ({ kind, by, network }) => kinds.includes(kind) && by === "students" && sizeOf(network) === ofGeneration,
  );
  const use = uses.find(({ noised }) => noised) ?? uses[0]!;
  const { size, perImage, atOnce } = use.batches;
  const images = size * (1 + perImage);
  if (atOnce < images)
    log.info(`a batch of ${images} images is computed in parts of at most ${atOnce}; this is one of them`);
  const modelOf = (noised: boolean, size: NetworkChoice) => newModel(gpu, config, flags.classes, choices, noised, size);
  const { network } = modelOf(use.noised, use.network);
  const alike = sizeOf(use.teacher) === sizeOf(use.network);
  const teacher = alike ? network : modelOf(false, use.teacher).network;
  const optimiser = optimiserOf(network, optimiserSettings(config));
  place(gpu, optimiser.variables);
  const source = sourceOf(use, config, { network, optimiser, teacher })(size);
  const program = await compile(gpu, ...source, { choices, atOnce });
  if (!flags.profile) return program.explain();
  const inputs = { ...madeUpInputs(source[0]), learningRate: config.training.learningRate };
  const began = performance.now();
  // Nothing is cold in the last run, and a GPU's clock, which rises under load, has risen.
  do await program.profile(inputs);
  while (!gpu.adapter.software && performance.now() - began < warmUpMs);
  return program.explain(await program.profile(inputs));
}

function printKernels(plan: ExplainedPlan): void {
  const rows = plan.kernels.map(({ choice, flops, leastBytes, tensors, slots, timeUs, ...chosen }, index) => [
    String(index).padStart(4),
    choiceText(chosen),
    choice,
    ...(timeUs === undefined ? [] : [`${(timeUs / 1000).toFixed(2)} ms, ${(flops / timeUs / 1000).toFixed(1)} GFLOPS`]),
    `${(flops / 1e6).toFixed(1)} MFLOP, ${mib(leastBytes)}`,
    `${tensors}  ${slots}`,
  ]);
  for (const line of textTable(rows, 40)) console.log(line);
}

/** Time by rung, the longest first. */
function printShares(plan: ExplainedPlan): void {
  const byRung = new Map<string, number>();
  for (const { timeUs = 0, ...chosen } of plan.kernels) {
    const rung = choiceText(chosen);
    byRung.set(rung, (byRung.get(rung) ?? 0) + timeUs);
  }
  const total = [...byRung.values()].reduce((sum, time) => sum + time, 0);
  console.log(`\n${(total / 1000).toFixed(1)} ms in all:`);
  const rows = [...byRung]
    .sort((a, b) => b[1] - a[1])
    .map(([rung, time]) => [
      `  ${rung}`,
      `${(time / 1000).toFixed(2).padStart(9)} ms`,
      `${((100 * time) / total).toFixed(1).padStart(5)} %`,
    ]);
  for (const line of textTable(rows)) console.log(line);
}

/** How many of a step's products round their operands, and which do not. */
function roundedText(kernels: ExplainedPlan["kernels"]): string {
  const products = kernels.filter(({ kernel }) => /^(conv2d|linear)-/.test(kernel));
  const exact = products.filter(({ precision }) => precision === "f32");
  const names = exact.map(({ rung, tensors }) => `${rung} ${tensors}`).join("; ");
  return `${products.length - exact.length} of ${products.length} products round their operands to f16${exact.length > 0 ? `; in f32 stay ${names}` : ""}`;
}

/** Prints the plan of a compiled step. */
export async function explain(flags: Flags): Promise<void> {
  const config = configFrom(flags);
  if (flags.trace !== undefined) {
    if (!flags.profile) throw new UsageError("--trace: it writes what --profile measures; give both");
    await checkWritable(flags.trace);
  }
  const gpu = await openGpu(flags);
  try {
    requirePrecision(gpu, config);
    const choices = choicesOf(await knownKernels(gpu, config, flags.classes, flags.tune));
    const plan = await planOf(gpu, config, choices, flags);
    if (flags.trace !== undefined) {
      await writeFileWhole(flags.trace, chromeTrace(plan, gpu.adapter.name));
      log.success(`written: ${flags.trace}, for ui.perfetto.dev or chrome://tracing`);
    }
    if (flags.json) return console.log(JSON.stringify({ adapter: gpu.adapter.name, ...plan }, null, 2));
    printKernels(plan);
    const tuned = plan.kernels.filter(({ choice }) => choice === "tuned").length;
    console.log(
      `\n${tuned} kernels run the fastest rung of those timed here, ${plan.kernels.length - tuned} their default; "fledge tune" with the same settings checks and times them`,
    );
    console.log(`precision: ${flags.program === "train" ? precisionText[config.training.precision] : "f32"}`);
    if (flags.program === "train" && config.training.precision !== "f32") console.log(roundedText(plan.kernels));
    if (flags.profile) printShares(plan);
    console.log(
      `\n${plan.kernels.length} kernels in ${plan.dispatches} dispatches: ${(plan.flops / 1e9).toFixed(2)} GFLOP, ` +
        `${mib(plan.operandBytes)} moved if each reads and writes its operands once, ${mib(plan.leastBytes)} if every tensor ` +
        `were written and read just once; arena ${mib(plan.arenaBytes)} (${mib(plan.peakLiveBytes)} alive at once), gradients ${mib(plan.gradientBytes)}`,
    );
  } finally {
    await gpu.close();
  }
}
