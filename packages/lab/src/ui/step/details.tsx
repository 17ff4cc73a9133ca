import type { ExplainedOperand, ExplainedPlan } from "@fledge/autograd/explained";
import { choiceText, rungFile, sizeBytes } from "@fledge/runtime";
import type { Ref } from "preact";
import { inBytes, inTime, threeDigits } from "../format.ts";
import { layerOf, ratesOf, studyOf } from "./kernel-facts.ts";

/** Where an operand lies, and from which kernel to which. */
function whereOf({ slots, kernels }: ExplainedPlan, { memory, slot }: ExplainedOperand, at: number): string {
  if (slot === undefined)
    return memory === "gradients" ? "beside the optimiser's other gradients" : "in its own memory, from step to step";
  const life = slots[slot]!.held.find(({ first, last }) => first <= at && at <= last)!;
  return `slot ${slot}, from kernel ${life.first} to ${life.last === kernels.length ? "the end" : life.last}`;
}

interface Props {
  readonly plan: ExplainedPlan;
  readonly selected: number;
  readonly select: (index: number) => void;
  readonly heading: Ref<HTMLHeadingElement>;
}

/** All that is known of one kernel of the step. */
export function Details({ plan, selected, select, heading }: Props) {
  const kernel = plan.kernels[selected]!;
  const rates = ratesOf(kernel);
  const stepUs = plan.kernels.reduce((sum, { timeUs = 0 }) => sum + timeUs, 0);
  const { flops, leastBytes, timeUs } = kernel;
  const facts: readonly (readonly [string, string])[] = [
    ["Part", kernel.part],
    ["Layer", layerOf(kernel)],
    ["Fused", kernel.fused.length > 0 ? `${kernel.fused.join(", ")}: drawn into this kernel` : "nothing"],
    ["Time", timeUs === undefined ? "" : `${inTime(timeUs)}, ${threeDigits((100 * timeUs) / stepUs)} % of the step`],
    [
      "Arithmetic",
      `${threeDigits(flops / 1e6)} MFLOP${rates ? `, ${threeDigits(rates.gflops)} GFLOPS` : ""}, operands in ${kernel.precision}`,
    ],
    [
      "Moves",
      `at least ${inBytes(leastBytes)}${rates ? `, ${threeDigits(rates.gigabytesPerSecond)} GB/s` : ""}: ${threeDigits(flops / leastBytes)} FLOP/B`,
    ],
    [
      "Dispatches",
      kernel.passes.map(({ entryPoint, workgroups }) => `${entryPoint} over ${workgroups.join(" x ")}`).join(", ") +
        " workgroups",
    ],
    ["Rung by", kernel.choice === "default" ? "the kernel's own choice for this shape" : kernel.choice],
  ];
  return (
    <section class="details" aria-labelledby="details">
      <h2 id="details" tabIndex={-1} ref={heading} data-testid="details">
        {selected}: {choiceText(kernel)}
      </h2>
      <div class="buttons" role="group" aria-label="Other kernels">
        <button type="button" disabled={selected === 0} onClick={() => select(selected - 1)}>
          Previous
        </button>
        <button type="button" disabled={selected === plan.kernels.length - 1} onClick={() => select(selected + 1)}>
          Next
        </button>
        <a class="button" href={studyOf(kernel)}>
          Study {rungFile(kernel.rung)}
        </a>
      </div>
      <dl class="header">
        {facts
          .filter(([, text]) => text !== "")
          .map(([name, text]) => (
            <>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </>
          ))}
      </dl>
      <div class="scrolls" role="region" aria-label="Its tensors" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Shape</th>
              <th scope="col">Bytes</th>
              <th scope="col">Is</th>
              <th scope="col">Tensor of the step</th>
              <th scope="col">Lies</th>
            </tr>
          </thead>
          <tbody>
            {kernel.operands.map((operand) => (
              <tr>
                <th scope="row">{operand.name}</th>
                <td class="mono">
                  {operand.dtype}[{operand.shape.join(",")}]
                </td>
                <td class="number">{inBytes(sizeBytes(operand))}</td>
                <td>{{ in: "read", out: "written", inout: "changed" }[operand.role]}</td>
                <td class="says-little">{operand.tensor}</td>
                <td class="says-little">{whereOf(plan, operand, selected)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
