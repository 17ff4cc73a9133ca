import { expect, it } from "vitest";
import { warmUp } from "../src/warm-up.ts";

/** Runs of 40 us each on an adapter that only counts them. */
async function runsOn(software: boolean): Promise<number> {
  let runs = 0;
  await warmUp({ adapter: { software } }, async (repeats) => {
    runs += repeats;
    return 40 * repeats;
  });
  return runs;
}

it("loads a GPU for 60 ms before it is timed, and no CPU", async () => {
  expect(40 * (await runsOn(false))).toBeGreaterThanOrEqual(60_000);
  expect(await runsOn(true)).toBe(0);
});
