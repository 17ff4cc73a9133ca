import { GradientAccumulator, place, Sgd, type ExplainedPlan, type Program } from "@fledge/autograd";
import { Option, type Command } from "commander";
import { imagesAtOnce } from "../../config/schedules.ts";
import type { Config } from "../../config/schema.ts";
import { choicesOf } from "../../run/kernels.ts";
import { Model } from "../../training/model.ts";
import { partSizes } from "../../training/step-in-parts.ts";
import { addUp, compileLabelledStep, update } from "../../training/steps.ts";
import {
  configFrom,
  wholeNumber,
  withAdapter,
  withConfig,
  withTuning,
  type AdapterFlags,
  type ConfigFlags,
  type TuningFlags,
} from "../options.ts";
import { knownKernels } from "../kernels.ts";
import { openGpu } from "../session.ts";

type Flags = ConfigFlags &
  TuningFlags &
  AdapterFlags & { readonly profile: boolean; readonly program: "train" | "predict"; readonly classes: number };

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** A program's plan, with times if `profile`: the second run's, so that nothing is cold. */
async function explained<Inputs extends string>(
  program: Program<Inputs, string>,
  inputs: Parameters<typeof program.profile>[0],
  profile: boolean,
): Promise<ExplainedPlan> {
  if (profile) await program.profile(inputs);
  return program.explain(profile ? await program.profile(inputs) : undefined);
}

/** Compiles the program asked for, of a batch computed in parts that of the largest part, and returns its plan. */
async function planOf(model: Model, config: Config, { program, profile }: Flags): Promise<ExplainedPlan> {
  const { batchSize, labelSmoothing, learningRate, momentum, weightDecay } = config.training;
  const atOnce = imagesAtOnce(batchSize, config);
  // Evaluation cuts no batch into parts: its batches are of what is computed at once.
  const size = program === "predict" ? atOnce : partSizes(batchSize, atOnce)[0]!;
  const batch = {
    images: new Uint8Array(size * model.imageSize ** 2 * 3).fill(128),
    placement: new Int32Array(size * 3),
    labels: new Int32Array(size),
  };
  if (program === "predict") return explained(await model.predict(size), batch, profile);
  if (size < batchSize) {
    console.log(`a batch of ${batchSize} images is computed in parts of at most ${size}; this is one of them\n`);
    const accumulator = new GradientAccumulator(model.network.parameters);
    place(model.gpu, accumulator.sums);
    const part = await compileLabelledStep(model, addUp(accumulator), size, labelSmoothing);
    return explained(part, { ...batch, share: size / batchSize, part: 0 }, profile);
  }
  const optimiser = new Sgd(model.network.parameters, { momentum, weightDecay });
  place(model.gpu, optimiser.variables);
  return explained(
    await compileLabelledStep(model, update(optimiser), size, labelSmoothing),
    { ...batch, learningRate },
    profile,
  );
}

function printKernels(plan: ExplainedPlan): void {
  plan.kernels.forEach(({ rung, choice, flops, leastBytes, tensors, slots, timeUs }, index) => {
    const time =
      timeUs === undefined
        ? ""
        : `${(timeUs / 1000).toFixed(2)} ms, ${(flops / timeUs / 1000).toFixed(1)} GFLOPS`.padEnd(24);
    const cost = `${(flops / 1e6).toFixed(1)} MFLOP, ${mib(leastBytes)}`.padEnd(26);
    console.log(
      `${String(index).padStart(4)}  ${rung.padEnd(36)} ${choice.padEnd(7)} ${time}${cost} ${tensors}  ${slots}`,
    );
  });
}

/** Time by rung, the longest first. */
function printShares(plan: ExplainedPlan): void {
  const byRung = new Map<string, number>();
  for (const { rung, timeUs = 0 } of plan.kernels) byRung.set(rung, (byRung.get(rung) ?? 0) + timeUs);
  const total = [...byRung.values()].reduce((sum, time) => sum + time, 0);
  console.log(`\n${(total / 1000).toFixed(1)} ms in all:`);
  for (const [rung, time] of [...byRung].sort((a, b) => b[1] - a[1])) {
    console.log(
      `  ${rung.padEnd(44)} ${(time / 1000).toFixed(2).padStart(9)} ms ${((100 * time) / total).toFixed(1).padStart(5)} %`,
    );
  }
}

export function register(program: Command): void {
  const command = program
    .command("explain")
    .description("list every dispatch of a compiled step: kernel, rung, shapes, cost, arena slots")
    .addOption(
      new Option("--program <which>", "the training step or the evaluation")
        .choices(["train", "predict"])
        .default("train"),
    )
    .option("--classes <n>", "classes of the head", wholeNumber(2), 200)
    .option("--profile", "run it and show each kernel's time (wants the feature timestamp-query)", false);
  withAdapter(withTuning(withConfig(command))).action(async (flags: Flags) => {
    const config = configFrom(flags);
    const gpu = await openGpu(flags);
    try {
      const choices = choicesOf(await knownKernels(gpu, config, flags.classes, flags.tune));
      const plan = await planOf(Model.create(gpu, config, flags.classes, choices), config, flags);
      printKernels(plan);
      const tuned = plan.kernels.filter(({ choice }) => choice === "tuned").length;
      console.log(
        `\n${tuned} kernels run the fastest rung of those timed here, ${plan.kernels.length - tuned} their default; "fledge tune" with the same settings times those that have others`,
      );
      if (flags.profile) printShares(plan);
      console.log(
        `\n${plan.kernels.length} kernels in ${plan.dispatches} dispatches: ${(plan.flops / 1e9).toFixed(2)} GFLOP, ` +
          `${mib(plan.operandBytes)} moved if each reads and writes its operands once, ${mib(plan.leastBytes)} if every tensor ` +
          `were written and read just once; arena ${mib(plan.arenaBytes)} (${mib(plan.peakLiveBytes)} alive at once), gradients ${mib(plan.gradientBytes)}`,
      );
    } finally {
      await gpu.close();
    }
  });
}
