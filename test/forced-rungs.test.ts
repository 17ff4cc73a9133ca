import { join } from "node:path";
import { findCases, rungsOfCases, runCases, watchRungs } from "@fledge/conformance";
import { openTestGpu } from "@fledge/testing";
import { describe, expect, it } from "vitest";

const folders = ["cases", "beyond"].map((name) => join(import.meta.dirname, "conformance", name));
const gpu = await openTestGpu();

describe("every rung, forced, passes the golden cases it can run and says why it cannot run the others", async () => {
  const all = (await Promise.all(folders.map((folder) => findCases(folder)))).flat();
  for (const { kernel, rung, cases } of rungsOfCases(all)) {
    it(`${rung.id}`, async () => {
      const results = [];
      const { rungs, asked } = watchRungs({ [kernel]: rung.id });
      for await (const result of runCases(cases, { gpu, rungs })) results.push(result);
      expect(asked).toContain(kernel);
      expect(results.filter(({ outcome }) => outcome === "failed")).toEqual([]);
      // Operands in f16 are too inexact for these cases: its package's conformance test holds it to bounds of its own.
      const inexact = rung.features?.includes("shader-f16") === true;
      // A driver that compiles slowly is spared the rungs that are no use on it.
      const spared =
        gpu.traits.slowCompiler === true && results.some(({ reason }) => reason?.includes("to compile it"));
      expect(results.some(({ outcome }) => outcome === "passed")).toBe(!inexact && !spared);
      expect(results.filter(({ outcome, reason }) => outcome === "skipped" && !reason?.includes(rung.id))).toEqual([]);
    });
  }
});
