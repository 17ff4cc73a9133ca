import { afterEach, describe, expect, it, vi } from "vitest";
import { CooperativeWait } from "../src/wait.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i += 1) await turn();
};

/** A promise and the function that resolves it. */
function pending(): { promise: Promise<void>; resolve: () => void } {
  let resolve!: () => void;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}

afterEach(async () => {
  await turns(2); // A turn that was begun dozes once more.
  vi.restoreAllMocks();
});

describe("CooperativeWait", () => {
  it("passes results and rejections on", async () => {
    const wait = new CooperativeWait(true);
    expect(await wait.track(Promise.resolve(3))).toBe(3);
    await expect(wait.track(Promise.reject(new Error("lost")))).rejects.toThrow("lost");
  });

  it("dozes once a turn while any promise is pending, and no longer", async () => {
    const doze = vi.spyOn(Atomics, "wait");
    const wait = new CooperativeWait(true);
    const first = pending();
    const second = pending();
    const both = Promise.all([wait.track(first.promise), wait.track(second.promise)]);
    await turns(20);
    first.resolve();
    await turns(20);
    expect(doze.mock.calls.length).toBeGreaterThanOrEqual(39);
    expect(doze.mock.calls.length).toBeLessThanOrEqual(41);
    second.resolve();
    await both;
    await turns(2);
    const dozed = doze.mock.calls.length;
    await turns(20);
    expect(doze.mock.calls.length).toBe(dozed);
  });

  it("dozes the longer the longer nothing has come of it, up to a millisecond", async () => {
    const doze = vi.spyOn(Atomics, "wait");
    const now = vi.spyOn(performance, "now").mockReturnValue(0);
    const lastMs = (): number => doze.mock.calls.at(-1)![3]!;
    const wait = new CooperativeWait(true);
    const [first, second] = [pending(), pending()];
    const both = Promise.all([wait.track(first.promise), wait.track(second.promise)]);
    for (const [waitedMs, dozeMs] of [
      [0, 0.05],
      [50, 0.05],
      [500, 0.5],
      [5000, 1],
    ]) {
      now.mockReturnValue(waitedMs!);
      await turns(2);
      expect(lastMs()).toBe(dozeMs);
    }
    first.resolve();
    await turns(3);
    expect(lastMs()).toBe(0.05); // Of the second nothing is late yet.
    second.resolve();
    await both;
  });

  it("begins again with the next promise", async () => {
    const wait = new CooperativeWait(true);
    await wait.track(Promise.resolve());
    await turns(3);
    const doze = vi.spyOn(Atomics, "wait");
    const later = pending();
    const tracked = wait.track(later.promise);
    await turns(5);
    expect(doze.mock.calls.length).toBeGreaterThanOrEqual(4);
    later.resolve();
    await tracked;
  });

  it("does nothing on a real GPU", async () => {
    const doze = vi.spyOn(Atomics, "wait");
    const wait = new CooperativeWait(false);
    const promise = turns(10);
    expect(wait.track(promise)).toBe(promise);
    await promise;
    expect(doze).not.toHaveBeenCalled();
  });
});
