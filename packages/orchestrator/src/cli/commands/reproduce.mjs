import { withAdapter, withConfig, withDryRun, withExamples, withExtension, withRun, withTuning } from "../options.mjs";

/** @param {import("commander").Command} program */
export function register(program) {
  const command = program
    .command("reproduce")
    .description("run the whole paper: teacher, pseudo-labels, student, noisy student, tables and figures");
  withExamples(command, [
    "fledge reproduce",
    "fledge reproduce --preset paper --labelled data/CUB_200_2010 --unlabelled data/CUB_200_2011 --run runs/paper",
    "fledge reproduce --run runs/paper --resume",
    "fledge reproduce --extend runs/paper --epochs 100,50,80 --run runs/paper-longer",
    "fledge reproduce --epochs 4,2,2 --set training.learningRate=0.02",
  ]);
  withAdapter(withTuning(withDryRun(withExtension(withRun(withConfig(command))))))
    .option("--teacher-from <dir>", "take the teacher of another run, trained by the same settings on the same images")
    .action(async (flags) => (await import("./reproduce.ts")).runReproduction(flags));
}
