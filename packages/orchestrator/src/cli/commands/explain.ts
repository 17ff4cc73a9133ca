import { Sgd, place } from "@fledge/autograd";
import { Option, type Command } from "commander";
import { Model } from "../../training/model.ts";
import { compileLabelledStep } from "../../training/steps.ts";
import { configFrom, wholeNumber, withAdapter, withConfig, type AdapterFlags, type ConfigFlags } from "../options.ts";
import { openGpu } from "../session.ts";

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

type Flags = ConfigFlags & AdapterFlags & { readonly program: "train" | "predict"; readonly classes: number };

export function register(program: Command): void {
  const command = program
    .command("explain")
    .description("list every dispatch of a compiled step: kernel, rung, shapes, cost, arena slots")
    .addOption(new Option("--program <which>", "the training step or the evaluation").choices(["train", "predict"]).default("train"))
    .option("--classes <n>", "classes of the head", wholeNumber(2), 200);
  withAdapter(withConfig(command)).action(async (flags: Flags) => {
    const config = configFrom(flags);
    const gpu = await openGpu(flags);
    try {
      const model = Model.create(gpu, config, flags.classes);
      const optimiser = new Sgd(model.network.parameters, config.training);
      place(gpu, optimiser.variables);
      const { batchSize, labelSmoothing } = config.training;
      const compiled = flags.program === "train" ? await compileLabelledStep(model, optimiser, batchSize, labelSmoothing) : await model.predict(batchSize);
      const plan = compiled.explain();
      plan.kernels.forEach((kernel, index) => {
        const cost = `${(kernel.flops / 1e6).toFixed(1)} MFLOP, ${mib(kernel.leastBytes)}`;
        console.log(`${String(index).padStart(4)}  ${kernel.rung.padEnd(36)} ${cost.padEnd(26)} ${kernel.tensors}  ${kernel.slots}`);
      });
      console.log(
        `\n${plan.kernels.length} kernels in ${plan.dispatches} dispatches: ${(plan.flops / 1e9).toFixed(2)} GFLOP, at least ${mib(plan.leastBytes)} moved; ` +
          `arena ${mib(plan.arenaBytes)} (${mib(plan.peakLiveBytes)} alive at once), gradients ${mib(plan.gradientBytes)}`,
      );
    } finally {
      await gpu.close();
    }
  });
}
