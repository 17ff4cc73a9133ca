import { compile, madeUpInputs, place, warmUp } from "@fledge/autograd";
import {
  chromeTrace,
  explainedJson,
  operandsText,
  roundedText,
  sharesByRung,
  slotsText,
  totalsText,
  type ExplainedPlan,
} from "@fledge/autograd/explained";
import { checkWritable, writeFileWhole } from "@fledge/files";
import { choiceText, type Choices, type Gpu } from "@fledge/runtime";
import { optimiserOf } from "@fledge/training";
import { UsageError } from "../../config/resolve.ts";
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
  await warmUp(gpu, () => program.profile(inputs));
  return program.explain(await program.profile(inputs));
}

function printKernels(plan: ExplainedPlan): void {
  const rows = plan.kernels.map((kernel, index) => {
    const { choice, flops, leastBytes, timeUs } = kernel;
    return [
      String(index).padStart(4),
      choiceText(kernel),
      choice,
      ...(timeUs === undefined
        ? []
        : [`${(timeUs / 1000).toFixed(2)} ms, ${(flops / timeUs / 1000).toFixed(1)} GFLOPS`]),
      `${(flops / 1e6).toFixed(1)} MFLOP, ${mib(leastBytes)}`,
      `${operandsText(kernel)}  ${slotsText(kernel)}`,
    ];
  });
  for (const line of textTable(rows, 40)) console.log(line);
}

/** Time by rung, the longest first. */
function printShares(plan: ExplainedPlan): void {
  const { totalUs, rungs } = sharesByRung(plan);
  console.log(`\n${(totalUs / 1000).toFixed(1)} ms in all:`);
  const rows = rungs.map(([rung, time]) => [
    `  ${rung}`,
    `${(time / 1000).toFixed(2).padStart(9)} ms`,
    `${((100 * time) / totalUs).toFixed(1).padStart(5)} %`,
  ]);
  for (const line of textTable(rows)) console.log(line);
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
    if (flags.json) return console.log(explainedJson(plan, gpu.adapter.name));
    printKernels(plan);
    const tuned = plan.kernels.filter(({ choice }) => choice === "tuned").length;
    console.log(
      `\n${tuned} kernels run the fastest rung of those timed here, ${plan.kernels.length - tuned} their default; "npx fledge tune" with the same settings checks and times them`,
    );
    console.log(`precision: ${flags.program === "train" ? precisionText[config.training.precision] : "f32"}`);
    if (flags.program === "train" && config.training.precision !== "f32") console.log(roundedText(plan.kernels));
    if (flags.profile) printShares(plan);
    console.log(`\n${totalsText(plan)}`);
  } finally {
    await gpu.close();
  }
}
