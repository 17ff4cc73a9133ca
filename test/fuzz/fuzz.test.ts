// A short run of the fuzzers (main.ts is the long one), and every file that a reader has failed on before.
import { describe, expect, it } from "vitest";
import { kept } from "./corpus.ts";
import { contentsOf, inputOf, isFault, judge } from "./fuzz.ts";
import { readers } from "./readers/all.ts";

const count = Number(process.env["FLEDGE_FUZZ_COUNT"] ?? 200);
const seed = 1;

describe.each(readers.map((reader) => [reader.name, reader] as const))("%s", (_name, reader) => {
  it("reads or refuses mutated files by name: no other error, no wrong content", async () => {
    const known = await contentsOf(reader);
    const refused = new Set<string>();
    for (let index = 0; index < count; index++) {
      const bytes = inputOf(reader, seed, index);
      const { outcome, reason } = await judge(reader, bytes, known);
      expect(isFault(outcome), `seed ${seed}, file ${index}, ${outcome}: ${reason}`).toBe(false);
      if (outcome === "refused") refused.add(reason);
    }
    expect(refused.size).toBeGreaterThan(0);
  });

  it("reads or refuses what it failed on before", async () => {
    const known = await contentsOf(reader);
    for (const [name, bytes] of kept(reader.name)) {
      const { outcome, reason } = await judge(reader, bytes, known);
      expect(isFault(outcome), `${name}, ${outcome}: ${reason}`).toBe(false);
    }
  });
});
