import { renderTable, threeDigits } from "@fledge/bench";
import { bytesText, stepText } from "@fledge/orchestrator/src/cli/amounts.ts";
import { duration } from "@fledge/orchestrator/src/cli/duration.ts";
import { percent } from "@fledge/orchestrator/src/report/percent.ts";
import { rungFile, shapeKey } from "@fledge/runtime";
import { proposalsOf } from "./proposals.ts";
import type { StepsRun, SuiteResult } from "./results.ts";

function renderParts({ parts }: SuiteResult): string {
  const rows = parts.map(({ name, outcome, seconds: took, note }) => [
    name,
    outcome,
    took.toFixed(0),
    (note ?? "").split("\n").at(-1)!.replaceAll("|", "/"),
  ]);
  return renderTable(["part", "", "s", ""], rows);
}

function renderConformance({ conformance, rungs }: SuiteResult): string[] {
  const ofCases = conformance.map(
    ({ folder, passed, failed, skipped }) => `- \`${folder}\`: ${passed} passed, ${failed} failed, ${skipped} skipped.`,
  );
  const failed = rungs.filter((one) => one.failed > 0);
  const unable = rungs.filter((one) => one.passed === 0 && one.failed === 0);
  const sum = rungs.reduce((count, { passed }) => count + passed, 0);
  const ofRungs =
    rungs.length === 0
      ? []
      : [
          `- Every rung forced: ${rungs.length} rungs, ${sum} cases passed, ${failed.length} rungs failed` +
            `${failed.length > 0 ? ` (${failed.map(({ rung }) => rung).join(", ")})` : ""}` +
            `; ${unable.length} cannot run here or are of f16.`,
        ];
  return [[...ofCases, ...ofRungs].join("\n")];
}

const stepOf = (run: StepsRun): StepsRun["programs"][number] | undefined =>
  run.programs.find(({ kind }) => kind === "labelled step");

function renderSteps({ steps, pytorch }: SuiteResult): string[] {
  if (!steps) return [];
  const ours = steps.runs.flatMap((run) => {
    const step = stepOf(run);
    if (!step) return [];
    const { batch, seconds: time, flops, compileSeconds } = step;
    return [
      [
        `Fledge ${run.precision}, ${run.tuned ? "tuned" : "default rungs"}${run.untuned ? ` but for the ${run.untuned} of ${run.otherRungs!.of} kernel shapes that cost least` : ""}`,
        String(batch),
        stepText(time),
        threeDigits(batch / time),
        threeDigits(flops / time / 1e9),
        stepText(compileSeconds),
        run.wholeRun ? duration(run.wholeRun.seconds) : "",
        bytesText(run.memoryBytes),
      ],
    ];
  });
  const theirs = (pytorch?.runs ?? []).map(({ precision, batch, side, seconds: time }) => [
    `PyTorch ${pytorch!.torch} ${precision}, ${side} pixels, ${pytorch!.device}`,
    String(batch),
    stepText(time),
    threeDigits(batch / time),
    "",
    "",
    "",
    "",
  ]);
  const header = ["labelled step", "batch", "time", "images/s", "GFLOPS", "compiling", "whole paper", "memory"];
  return [
    `A training step of ${steps.runs[0]?.network ?? "the network"}, forward, loss, gradients and update, on images that are on the host:`,
    renderTable(header, [...ours, ...theirs]),
    ...steps.refused.map(({ precision, reason }) => `- ${precision} is refused: ${reason}`),
    "*Whole paper*: teacher, student, noisy student and their evaluations, of this network, with the counts of CUB-200 (2010) and CUB-200-2011, the device's time alone.",
  ];
}

/** What the tuner's fastest rungs reach on the convolutions of the paper's network, with the default's share of it. */
function renderConvolutions({ steps }: SuiteResult): string[] {
  const rows = (steps?.tuned ?? []).flatMap(({ precision, kernel, shape, flops, byDefault, fastest, timesUs }) => {
    const [own, best] = [timesUs[byDefault], timesUs[fastest]];
    if (!kernel.startsWith("conv2d-") || !best) return [];
    const share = own ? percent(best / own) : "";
    return [[kernel, precision, `\`${shapeKey(shape)}\``, rungFile(fastest), threeDigits(flops / best / 1e6), share]];
  });
  if (rows.length === 0) return [];
  return [
    "### Its convolutions",
    "As the tuner timed them, each shape's fastest rung, and what share of its rate the default one has:",
    renderTable(["ladder", "precision", "shape", "fastest", "TFLOPS", "default"], rows),
  ];
}

function renderProposals(result: SuiteResult, inexact: ReadonlySet<string>): string[] {
  const tuned = (result.steps?.tuned ?? []).flatMap((one) => {
    const { precision, kernel, shape, byDefault, fastest, timesUs } = one;
    const [slow, fast] = [timesUs[byDefault], timesUs[fastest]];
    if (byDefault === fastest || !slow || !fast) return [];
    const place = [`${kernel}, ${precision}`, `\`${shapeKey(shape)}\``];
    return [[...place, rungFile(byDefault), rungFile(fastest), `${(slow / fast).toFixed(2)}x`]];
  });
  const measured = proposalsOf(result.ladders, inexact).map(({ ladder, layer, selected, fastest, gain }) => [
    ladder,
    layer,
    rungFile(selected),
    rungFile(fastest),
    `${gain.toFixed(2)}x`,
  ]);
  if (tuned.length + measured.length === 0) return [];
  return [
    "## What `select.ts` should say",
    "Where another rung than the default was faster: at the shapes of the paper's programs, as the tuner found them, and on the ladders' layers.",
    renderTable(["ladder", "shape or layer", "default", "fastest", "gain"], [...tuned, ...measured]),
  ];
}

/**
 * The results as a page of Markdown.
 * @param inexact rungs that round operands to f16
 */
export function renderPage(result: SuiteResult, inexact: ReadonlySet<string>): string {
  const { adapter, date, environment, command, reduced, minutes, doctor, demo, ladders } = result;
  const demoRows = (demo?.evaluations ?? []).map(({ model, task, mean }) => [model, task, percent(mean)]);
  return `${[
    `# ${adapter.name}: what it computes, and how fast`,
    `${adapter.driver}${adapter.software ? " (software)" : ""}; ${environment.cores} cores of ${environment.cpu}; Node ${environment.node}; commit ${environment.commit ?? "unknown"}; ${date.slice(0, 10)}, \`${command}\` within ${minutes} min.`,
    ...(reduced
      ? ["**Reduced**: small networks and few ladders, to try the suite; no figure here says anything of speed."]
      : []),
    renderParts(result),
    "## Does it compute rightly",
    ...renderConformance(result),
    ...(result.steps ? ["## A training step", ...renderSteps(result), ...renderConvolutions(result)] : []),
    ...renderProposals(result, inexact),
    ...(demo
      ? ["## The demo", `In ${duration(demo.seconds)}:`, renderTable(["model", "task", "accuracy"], demoRows)]
      : []),
    ...(Object.keys(ladders).length > 0
      ? [
          "## Ladders",
          `${Object.keys(ladders).join(", ")}: \`npm run gpu-suite -- --from\` this run's JSON file writes their tables into the kernels' READMEs.`,
        ]
      : []),
    "## Doctor",
    `\`\`\`text\n${doctor.join("\n")}\n\`\`\``,
  ].join("\n\n")}\n`;
}
