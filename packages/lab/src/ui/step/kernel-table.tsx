import { slotsText, stepParts, type ExplainedKernel, type ExplainedPlan } from "@fledge/autograd/explained";
import { choiceText } from "@fledge/runtime";
import { useId, useState } from "preact/hooks";
import { inBytes, inTime, threeDigits } from "../format.ts";
import { isTimed, kindOf, layerOf, ratesOf, resultShape } from "./kernel-facts.ts";
import { KindMark } from "./kind-mark.tsx";

interface Column {
  readonly name: string;
  readonly isNumber?: boolean;
  readonly needsTimes?: boolean;
  readonly text: (kernel: ExplainedKernel, index: number) => string;
  /** What it is sorted by. */
  readonly by: (kernel: ExplainedKernel, index: number) => number | string;
}

/** A kernel that was not timed, or in no run took what the clock can tell, has no rate. */
const rateText = (rate: number | undefined): string => (rate === undefined ? "-" : threeDigits(rate));

const columns: readonly Column[] = [
  { name: "#", isNumber: true, text: (_, index) => String(index), by: (_, index) => index },
  { name: "Rung", text: choiceText, by: choiceText },
  { name: "Part", text: ({ part }) => part, by: ({ part }) => stepParts.indexOf(part) },
  { name: "Layer", text: layerOf, by: layerOf },
  { name: "Result", text: resultShape, by: resultShape },
  {
    name: "Time",
    isNumber: true,
    needsTimes: true,
    text: ({ timeUs }) => (timeUs === undefined ? "" : inTime(timeUs)),
    by: ({ timeUs = 0 }) => timeUs,
  },
  {
    name: "GFLOPS",
    isNumber: true,
    needsTimes: true,
    text: (kernel) => (kernel.flops === 0 ? "-" : rateText(ratesOf(kernel)?.gflops)),
    by: (kernel) => ratesOf(kernel)?.gflops ?? 0,
  },
  {
    name: "MFLOP",
    isNumber: true,
    text: ({ flops }) => threeDigits(flops / 1e6),
    by: ({ flops }) => flops,
  },
  { name: "Moves", isNumber: true, text: ({ leastBytes }) => inBytes(leastBytes), by: ({ leastBytes }) => leastBytes },
  {
    name: "GB/s",
    isNumber: true,
    needsTimes: true,
    text: (kernel) => rateText(ratesOf(kernel)?.gigabytesPerSecond),
    by: (kernel) => ratesOf(kernel)?.gigabytesPerSecond ?? 0,
  },
  { name: "Fused", text: ({ fused }) => fused.join(", "), by: ({ fused }) => fused.join(", ") },
  { name: "Arena slots", text: slotsText, by: slotsText },
];

const compare = (a: number | string, b: number | string): number =>
  typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b));

interface Props {
  readonly plan: ExplainedPlan;
  readonly selected: number;
  readonly select: (index: number) => void;
}

/** Every kernel as a row; sorted by a column, numbers from the largest, and of one kernel alone where one is chosen. */
export function KernelTable({ plan, selected, select }: Props) {
  const id = useId();
  const [sorted, sort] = useState({ name: "#", descending: false });
  const [only, setOnly] = useState("");
  const shown = columns.filter(({ needsTimes }) => !needsTimes || isTimed(plan));
  const column = shown.find(({ name }) => name === sorted.name) ?? columns[0]!;
  const all = plan.kernels.map((kernel, index) => ({ kernel, index }));
  const names = [...new Set(plan.kernels.map(({ kernel }) => kernel))].sort();
  const filter = names.includes(only) ? only : "";
  const rows = all
    .filter(({ kernel }) => filter === "" || kernel.kernel === filter)
    .sort((a, b) => {
      const order = compare(column.by(a.kernel, a.index), column.by(b.kernel, b.index));
      return (sorted.descending ? -order : order) || a.index - b.index;
    });
  const sortBy = ({ name, isNumber = false }: Column): void =>
    sort((before) => ({
      name,
      descending: before.name === name ? !before.descending : isNumber && name !== "#",
    }));
  const timeUs = rows.reduce((sum, { kernel }) => sum + (kernel.timeUs ?? 0), 0);
  return (
    <>
      <label class="field kernel-filter" for={id}>
        Kernel
        <select id={id} value={filter} onChange={(event) => setOnly(event.currentTarget.value)}>
          <option value="">all</option>
          {names.map((name) => (
            <option value={name}>
              {name} ({plan.kernels.filter(({ kernel }) => kernel === name).length})
            </option>
          ))}
        </select>
      </label>
      <p class="quiet" role="status">
        {rows.length} of {all.length} kernels{isTimed(plan) ? `, ${inTime(timeUs)}` : ""}, by {column.name}
      </p>
      <div class="scrolls kernel-table" role="region" aria-label="Kernels" tabIndex={0}>
        <table>
          <thead>
            <tr>
              {shown.map((one) => (
                <th
                  scope="col"
                  class={one.isNumber ? "number" : ""}
                  aria-sort={one === column ? (sorted.descending ? "descending" : "ascending") : "none"}
                >
                  <button type="button" class="link" onClick={() => sortBy(one)}>
                    {one.name}
                  </button>
                  <span aria-hidden="true">{one === column ? (sorted.descending ? " ▾" : " ▴") : ""}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ kernel, index }) => (
              <tr key={index} data-kernel={index} class={index === selected ? "selected" : ""}>
                {shown.map((one) => {
                  const text = one.text(kernel, index);
                  if (one.name === "Rung")
                    return (
                      <th scope="row">
                        <KindMark kind={kindOf(kernel)} />{" "}
                        <button
                          type="button"
                          class="link"
                          aria-current={index === selected ? "true" : undefined}
                          onClick={() => select(index)}
                        >
                          {text}
                        </button>
                      </th>
                    );
                  return <td class={one.isNumber ? "number" : one.name === "Result" ? "mono" : ""}>{text}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
