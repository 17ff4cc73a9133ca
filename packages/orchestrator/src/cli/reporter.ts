import type { EpochRecord, StepRecord } from "@fledge/training";
import type { EvaluationRecord, ModelName } from "../run/records.ts";
import type { CaseUnderWay, Reporter } from "../stages/session.ts";
import { percent } from "../report/percent.ts";
import { RunPace } from "../cost/pace.ts";
import type { RunCost } from "../cost/run-cost.ts";
import { stepText } from "./amounts.ts";
import { CaseProgress } from "./case-progress.ts";
import { duration } from "./duration.ts";
import { LiveBar } from "./live-bar.ts";
import { isLive, log } from "./log.mjs";
import { Progress } from "./progress.ts";

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;
/** What an epoch says of the scale of its loss; nothing in f32. */
const scalingText = ({ lossScale, skippedSteps = 0 }: EpochRecord): string =>
  lossScale === undefined
    ? ""
    : `loss scale ${lossScale}${skippedSteps > 0 ? `, ${count(skippedSteps, "step")} skipped` : ""}, `;

/** A live line on a terminal; in a log file a line for every epoch, and for long epochs one every half minute. */
export class ConsoleReporter implements Reporter {
  readonly #bar: LiveBar | undefined;
  readonly #live: boolean;
  #images: Progress | undefined;
  readonly #cases: CaseProgress;
  #model: ModelName = "teacher";
  #epochs = 0;
  #done = 0;
  #startedAt = 0;
  #doneAtStart = 0;
  #epochImages = 0;
  #epochStartedAt = 0;
  #lineAt = 0;
  #pace: RunPace | undefined;
  #paceTold = false;

  /** @param live whether the console is a terminal */
  constructor(live: boolean = isLive()) {
    this.#live = live;
    this.#cases = new CaseProgress(live);
    this.#bar = live
      ? new LiveBar(
          "{model} epoch {epoch}/{epochs} [{bar}] loss {loss}  accuracy {accuracy}  {speed} images/s  {left} left",
        )
      : undefined;
  }

  /** What the run has ahead: how long all of it takes is told as soon as enough steps were seen. */
  costs(cost: RunCost): void {
    this.#pace = new RunPace(cost);
  }

  training(model: ModelName, epochs: number, epochsDone: number): void {
    this.#pace?.epochBegins(model, epochsDone, epochs);
    this.#model = model;
    this.#epochs = epochs;
    this.#done = epochsDone;
    this.#doneAtStart = epochsDone;
    this.#startedAt = this.#epochStartedAt = this.#lineAt = performance.now();
    this.#epochImages = 0;
    if (epochsDone === epochs) log.info(`${model}: training is complete already, ${count(epochs, "epoch")}`);
    else
      log.info(
        `${model}: training${epochsDone > 0 ? ` goes on after epoch ${epochsDone}` : ""}, ${count(epochs, "epoch")} in all`,
      );
    if (epochsDone < epochs)
      this.#bar?.start(epochs, epochsDone, {
        model,
        epoch: epochsDone,
        epochs,
        loss: "-",
        accuracy: "-",
        speed: "-",
        left: "?",
      });
  }

  step(record: StepRecord, images: number): void {
    this.#epochImages += images;
    this.#pace?.step(images);
    this.#tellPace();
    const now = performance.now();
    const speed = (this.#epochImages / ((now - this.#epochStartedAt) / 1000)).toFixed(0);
    const fields = { loss: record.loss.toFixed(3), accuracy: percent(record.accuracy), speed };
    const ofRun = this.#done === this.#doneAtStart && this.#ofRun();
    this.#bar?.update(this.#done, { ...fields, epoch: record.epoch + 1, ...(ofRun && { left: `?${ofRun}` }) });
    if (this.#bar || now - this.#lineAt < 30_000) return;
    this.#lineAt = now;
    log.info(
      `${this.#model} epoch ${record.epoch + 1}/${this.#epochs} step ${record.step}: loss ${fields.loss}, ${speed} images/s`,
    );
  }

  epoch(record: EpochRecord): void {
    this.#done = record.epoch + 1;
    this.#pace?.epochBegins(this.#model, this.#done, this.#epochs);
    const now = performance.now();
    const perEpoch = (now - this.#startedAt) / 1000 / (this.#done - this.#doneAtStart);
    const left = duration(perEpoch * (this.#epochs - this.#done)) + this.#ofRun();
    this.#epochImages = 0;
    this.#epochStartedAt = this.#lineAt = now;
    this.#bar?.update(this.#done, { left });
    const line =
      `${this.#model} epoch ${this.#done}/${this.#epochs} (${record.phase}): loss ${record.trainLoss.toFixed(3)}, ` +
      `training ${percent(record.trainAccuracy)}, validation ${percent(record.validationAccuracy)}${record.best ? " (best)" : ""}, ` +
      scalingText(record) +
      `${record.imagesPerSecond.toFixed(0)} images/s, ${left} left`;
    if (!this.#bar) log.info(line);
    if (this.#done === this.#epochs) {
      this.#bar?.stop();
      if (this.#bar) log.info(line);
    }
  }

  /** The rest of the whole run, beside the rest of a model's training. */
  #ofRun(): string {
    const measured = this.#pace?.measured;
    return measured ? ` (of the run ${duration(measured.secondsLeft)})` : "";
  }

  #tellPace(): void {
    // A line would break the bar, which shows what is left.
    const measured = this.#paceTold || this.#bar ? undefined : this.#pace?.measured;
    if (!measured) return;
    this.#paceTold = true;
    log.info(
      `measured over ${measured.steps} steps: ${stepText(measured.secondsOfStep)} a step, about ${duration(measured.secondsLeft)} left of the run, less where later epochs find their images decoded`,
    );
  }

  looking(what: string, images: number): (images: number) => void {
    this.#images?.close();
    const progress = new Progress(`${what}${this.#ofRun()}`, images, { live: this.#live });
    this.#images = progress;
    return (done) => progress.add(done);
  }

  evaluated({ model, task, mean, deviation, accuracies }: EvaluationRecord): void {
    this.#pace?.evaluated({ model, task });
    log.info(
      `${model}, ${task}: ${percent(mean)} (standard deviation ${percent(deviation)} over ${count(accuracies.length, "evaluation")})`,
    );
  }

  measuring(all: { readonly cases: number; readonly cost: number }): void {
    this.#cases.begin(all);
  }

  caseUnderWay(about: CaseUnderWay, share: number): void {
    this.#cases.underWay(about, share);
  }

  caseMeasured(about: CaseUnderWay, known: boolean, values: Readonly<Record<string, number>>): void {
    this.#cases.measured(about, known, values);
  }

  note(text: string): void {
    log.info(text);
  }

  close(): void {
    this.#bar?.stop();
    this.#images?.close();
    this.#cases.close();
  }
}
