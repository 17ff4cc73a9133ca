import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import protobuf from "protobufjs";
import { tfRecord } from "./tf-record.ts";

const eventType = protobuf
  .parse(readFileSync(new URL("event.proto", import.meta.url), "utf8"))
  .root.lookupType("tensorflow.Event");

/** A picture that is encoded already, as PNG or JPEG. */
export interface EventImage {
  readonly encoded: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** How many values lie in bins: `counts[i]` of them at most `limits[i]`, and above the limit before it. */
export interface EventHistogram {
  readonly limits: readonly number[];
  readonly counts: readonly number[];
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** @param limits upper ends of the bins, rising; values above the last are counted in its bin @throws RangeError without limits */
export function histogramOf(values: ArrayLike<number>, limits: readonly number[]): EventHistogram {
  if (limits.length === 0) throw new RangeError("histogramOf: there is no bin; give limits");
  const counts = limits.map(() => 0);
  let [min, max, sum, sumSquares] = [Infinity, -Infinity, 0, 0];
  for (const value of Array.from(values)) {
    const bin = limits.findIndex((limit) => value <= limit);
    counts[bin < 0 ? limits.length - 1 : bin]! += 1;
    [min, max] = [Math.min(min, value), Math.max(max, value)];
    sum += value;
    sumSquares += value * value;
  }
  return { limits, counts, min, max, sum, sumSquares };
}

let made = 0;

/**
 * An event file of TensorBoard, written event by event: whoever reads it meanwhile finds whole events, and at its end
 * perhaps a part of one, which TensorBoard waits for.
 */
export class EventFile {
  readonly path: string;

  /** Begins a file of its own in a folder, which is made where it is not there. @throws the system's error where it cannot be */
  constructor(folder: string, now = Date.now()) {
    mkdirSync(folder, { recursive: true });
    // TensorBoard reads a folder's files in order of their names.
    this.path = join(folder, `events.out.tfevents.${Math.floor(now / 1000)}.${hostname()}.${process.pid}.${made++}`);
    this.#add({ fileVersion: "brain.Event:2" });
  }

  /** Says that what earlier files of the folder hold from a step on does not count any more. */
  restartAt(step: number): void {
    this.#add({ step, sessionLog: { status: 1 } });
  }

  /** Numbers by tag; one that is no number is shown as a gap. */
  scalars(step: number, values: Readonly<Record<string, number>>): void {
    this.#add({
      step,
      summary: { value: Object.entries(values).map(([tag, simpleValue]) => ({ tag, simpleValue })) },
    });
  }

  image(step: number, tag: string, { encoded, width, height }: EventImage): void {
    const image = { width, height, colorspace: 3, encodedImageString: encoded };
    this.#add({ step, summary: { value: [{ tag, image }] } });
  }

  histogram(step: number, tag: string, { limits, counts, sumSquares, ...ends }: EventHistogram): void {
    const num = counts.reduce((sum, count) => sum + count, 0);
    const histo = { ...ends, num, sumSquares, bucketLimit: limits, bucket: counts };
    this.#add({ step, summary: { value: [{ tag, histo }] } });
  }

  /** Markdown. */
  text(step: number, tag: string, markdown: string): void {
    const tensor = { dtype: 7, tensorShape: { dim: [{ size: 1 }] }, stringVal: [Buffer.from(markdown)] };
    const metadata = { pluginData: { pluginName: "text" } };
    this.#add({ step, summary: { value: [{ tag, tensor, metadata }] } });
  }

  #add(event: object): void {
    const bytes = eventType.encode(eventType.create({ wallTime: Date.now() / 1000, ...event })).finish();
    appendFileSync(this.path, tfRecord(bytes));
  }
}
