import { baselineDevice, planKernel, whyUnsupported, type Constants } from "@fledge/runtime";
import { tileTests, usesMatrixUnits } from "@fledge/testing";
import { describe, expect, it } from "vitest";
import type { Conv2dShape } from "../src/index.ts";
import { forwardProblem, gradInputProblem, gradWeightProblem } from "./problems.ts";

/** Several tiles each way, and none of them whole, along K neither; in grad-weight in two splits. */
const single: Conv2dShape = { N: 3, IH: 10, IW: 10, IC: 132, OC: 140, KH: 1, KW: 1, stride: 1, padding: 0 };
/** In forward and grad-input in two splits, with phases and edges. */
const strided: Conv2dShape = { N: 2, IH: 11, IW: 8, IC: 36, OC: 72, KH: 3, KW: 3, stride: 2, padding: 1 };
/** Each size once, with either depth by turns. */
const pick = (able: readonly Constants[]): readonly Constants[] => able.filter((_, i) => i % 4 === 0 || i % 4 === 3);
const device = { ...baselineDevice, subgroupSize: 32, maxComputeWorkgroupStorageSize: 32768 };

for (const problem of [forwardProblem, gradInputProblem, gradWeightProblem]) {
  tileTests({ ...problem, cases: { single, strided }, pick });

  const { kernel } = problem;
  const tiled = kernel.rungs.filter((rung) => rung.tiles && !usesMatrixUnits(rung));
  const last = tiled.at(-1)!;
  describe(`the tiles of ${kernel.name}`, () => {
    it("come out even for any subgroup", () => {
      expect(tiled.length).toBeGreaterThanOrEqual(2);
      for (const subgroupSize of [1, 4, 8, 16, 32, 64]) {
        const all = last.tiles!(single, { ...device, subgroupSize });
        expect(all.length).toBe(16);
        for (const { BM, BN, BK, TM, TN, LM, LN, WORKGROUP } of all as Required<Constants>[]) {
          expect(WORKGROUP).toBe((BM! / TM!) * (BN! / TN!));
          const whole = [BM! * BK!, BK! * BN!].map((elements) => elements / 4 / WORKGROUP!);
          for (const count of [...whole, BM! / TM! / LM!, BN! / TN! / LN!]) {
            expect(Number.isInteger(count) && count >= 1).toBe(true);
          }
        }
      }
    });
    it("are none that would be mostly empty", () => {
      const [BM, BN] = ["BM", "BN"].map((name) =>
        last.tiles!({ ...single, N: 1, IH: 4, IW: 4, IC: 16, OC: 16 }, device).map((tile) => tile[name]!),
      );
      expect([Math.max(...BM!), Math.max(...BN!)]).toEqual([64, 64]);
    });
    it("stay within the device's workgroup memory", () => {
      const tile = { BM: 128, BN: 128, BK: 16 };
      expect(whyUnsupported(last, single, device, tile)).toBeNull();
      const message = "its workgroups take 32768 bytes of memory, the adapter has 16384";
      expect(whyUnsupported(last, single, baselineDevice, tile)).toBe(message);
      const planning = (): unknown => planKernel(kernel, single, { device: baselineDevice, rung: last.id, tile });
      expect(planning).toThrow(message);
    });
  });
}
