import { expect, it } from "vitest";
import { InFlight } from "../src/in-flight.ts";

/** A promise and the means to settle it. */
function pending<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Lets every promise that can settle do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it("hands results over in the order in which they were added, whichever comes first", async () => {
  const seen: string[] = [];
  const inFlight = new InFlight<string>(2, (result) => seen.push(result));
  const [first, second] = [pending<string>(), pending<string>()];
  await inFlight.add(first.promise);
  await inFlight.add(second.promise);
  second.resolve("second");
  await settle();
  expect(seen).toEqual([]);
  first.resolve("first");
  await inFlight.drain();
  expect(seen).toEqual(["first", "second"]);
});

it("waits for the oldest only where more than its depth are under way", async () => {
  const seen: number[] = [];
  const inFlight = new InFlight<number>(2, (result) => seen.push(result));
  const waiting = [pending<number>(), pending<number>(), pending<number>()] as const;
  await inFlight.add(waiting[0].promise);
  await inFlight.add(waiting[1].promise);
  let added = false;
  const third = inFlight.add(waiting[2].promise).then(() => (added = true));
  await settle();
  expect(added).toBe(false);
  waiting[0].resolve(0);
  await third;
  expect(seen).toEqual([0]);
  waiting[1].resolve(1);
  waiting[2].resolve(2);
  await inFlight.drain();
  expect(seen).toEqual([0, 1, 2]);
});

it("throws a failure where it is awaited, and leaves no rejection unhandled", async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", note);
  const inFlight = new InFlight<number>(2, () => {});
  await inFlight.add(Promise.resolve(0));
  await inFlight.add(Promise.reject(new Error("device lost")));
  await settle();
  await expect(inFlight.drain()).rejects.toThrow("device lost");
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

it("throws what the consumer throws", async () => {
  const inFlight = new InFlight<number>(0, () => {
    throw new Error("the loss is NaN");
  });
  await expect(inFlight.add(Promise.resolve(0))).rejects.toThrow("the loss is NaN");
});
