import { chromeTrace, explainedJson, totalsText } from "@fledge/autograd/explained";
import { useRef, useState } from "preact/hooks";
import { ask } from "../engine/client.ts";
import { explainCommand, type OpenedStep } from "../engine/step-sizes.ts";
import { inTime, threeDigits } from "../ui/format.ts";
import { Problem } from "../ui/problem.tsx";
import { saveText, slug } from "../ui/save-text.ts";
import { Arena } from "../ui/step/arena.tsx";
import { Details } from "../ui/step/details.tsx";
import { isTimed } from "../ui/step/kernel-facts.ts";
import { KernelTable } from "../ui/step/kernel-table.tsx";
import { Shares } from "../ui/step/shares.tsx";
import { firstSizes, SizesForm } from "../ui/step/sizes-form.tsx";
import { Timeline } from "../ui/step/timeline.tsx";
import { useRun } from "../ui/use-run.ts";
import "../styles/step.css";

/** A step that is open: its pictures, its table and its files. */
function Opened({ opened }: { readonly opened: OpenedStep }) {
  const { plan, adapter, sizes, stepUs, compiledInMs } = opened;
  const timed = isTimed(plan);
  const [selected, select] = useState(0);
  const heading = useRef<HTMLHeadingElement>(null);
  const open = (index: number): void => {
    select(index);
    heading.current?.focus();
  };
  const sumUs = plan.kernels.reduce((sum, { timeUs = 0 }) => sum + timeUs, 0);
  const file = `step-${slug(adapter)}`;
  return (
    <>
      <section aria-labelledby="time">
        <h2 id="time">Its kernels in time</h2>
        <p class="lead">
          A whole step takes {inTime(stepUs)} from its submission to its loss
          {timed
            ? `; its kernels, each in a pass of its own, ${inTime(sumUs)} together`
            : "; this adapter tells no kernel's own time"}
          . Compiling took {threeDigits(compiledInMs)} ms.
        </p>
        <p class="lead" data-testid="totals">
          {totalsText(plan)}.
        </p>
        <Timeline plan={plan} selected={selected} select={select} />
      </section>
      <Details plan={plan} selected={selected} select={select} heading={heading} />
      <section aria-labelledby="memory">
        <h2 id="memory">Its arena</h2>
        <Arena plan={plan} selected={selected} select={open} />
      </section>
      <section aria-labelledby="kernels">
        <h2 id="kernels">Its kernels</h2>
        <KernelTable plan={plan} selected={selected} select={open} />
      </section>
      {timed ? (
        <section aria-labelledby="shares">
          <h2 id="shares">Its time by rung</h2>
          <Shares plan={plan} />
        </section>
      ) : null}
      <section aria-labelledby="files">
        <h2 id="files">To keep</h2>
        <div class="buttons">
          <button type="button" onClick={() => saveText(`${file}.json`, explainedJson(plan, adapter))}>
            Keep as JSON
          </button>
          {timed ? (
            <button type="button" onClick={() => saveText(`${file}-trace.json`, chromeTrace(plan, adapter))}>
              Keep as a trace for ui.perfetto.dev
            </button>
          ) : null}
        </div>
        <p>
          Under Node the same step is told by <code class="command">npx fledge {explainCommand(sizes).join(" ")}</code>;
          with <code>--profile</code> it is timed, and with <code>--json</code> it is the same file.
        </p>
      </section>
    </>
  );
}

/** One training step as its plan, compiled and timed on the visitor's GPU. */
export default function StepPage() {
  const [sizes, choose] = useState(firstSizes);
  const [opened, setOpened] = useState<OpenedStep | null>(null);
  const { isRunning, what, error, start, stop } = useRun();
  const run = (): void =>
    start(async (tell) => {
      tell("Compiling the step and timing it");
      setOpened(null);
      setOpened(await ask((engine) => engine.trainingStep(sizes)));
    });
  return (
    <div class="step">
      <h1>One step, opened</h1>
      <p class="lead">
        A training step of a ResNet as Fledge runs it: autograd traces it, fuses what it can, differentiates it, gives
        every tensor its memory, and submits all its kernels as one command buffer. Here it is compiled on your GPU, and
        each of its kernels can be looked at.
      </p>
      <SizesForm sizes={sizes} choose={choose} />
      <div class="buttons" role="group" aria-label="Run">
        <button type="button" disabled={isRunning} onClick={run}>
          Open this step
        </button>
        <button type="button" disabled={!isRunning} onClick={stop}>
          Stop
        </button>
      </div>
      <p role="status" class="status">
        {what ??
          (opened === null ? "" : `Opened: ${opened.plan.kernels.length} kernels, ${inTime(opened.stepUs)} a step.`)}
      </p>
      {error === undefined ? null : <Problem error={error} />}
      {opened === null ? null : <Opened opened={opened} />}
    </div>
  );
}
