import { benchmarkCorruptions, extraCorruptions, severities } from "@fledge/corruptions";
import { describe, expect, it } from "vitest";
import { resolveConfig } from "../src/config/resolve.ts";
import type { RobustnessRecord } from "../src/robustness/records.ts";
import { checkEvaluations, evaluationOf, measureOf } from "../src/study/evaluations.ts";

const config = resolveConfig("demo", [{ robustness: { attacks: { epsilons: [1, 4], pgd: { steps: [1, 10] } } } }]);
const record = (path: string, values: Record<string, number>, correct?: string): RobustnessRecord => {
  const [family, ...rest] = path.split("/");
  const about = { model: "teacher", checksum: "", key: "", images: 4, seconds: 1, values };
  return { ...about, family: family!, case: rest.join("/"), ...(correct === undefined ? {} : { correct }) };
};
const value = (evaluation: string, records: readonly RobustnessRecord[]): number | undefined =>
  evaluationOf(config, evaluation, "teacher", records);

describe("evaluationOf", () => {
  const every = [...benchmarkCorruptions, ...extraCorruptions].flatMap((kind, index) =>
    severities.map((severity) => record(`corruptions/${kind}/${severity}`, { accuracy: index < 15 ? 0.4 : 0.9 })),
  );

  it("means all of ImageNet-C's corruptions, without those that it holds back and the clean images", () => {
    const records = [...every, record("corruptions/none", { accuracy: 0.9 })];
    expect(value("corruptions", records)).toBeCloseTo(0.4, 12);
    expect(value(`corruptions/${extraCorruptions[0]}`, records)).toBeCloseTo(0.9, 12);
  });

  it("is not there before all of it is measured", () => {
    expect(value("corruptions", every.slice(1))).toBeUndefined();
    expect(value("calibration", every)).toBeUndefined();
  });

  it("takes the images that hold out against every attack asked for, and no other's", () => {
    const records = [
      record("attacks/pgd1/1", { accuracy: 0.75 }, "1110"),
      record("attacks/pgd1/4", { accuracy: 0.5 }, "1100"),
      record("attacks/pgd10/1", { accuracy: 0.5 }, "0110"),
      record("attacks/pgd10/4", { accuracy: 0.25 }, "0100"),
    ];
    expect(value("attacks/pgd1", records)).toBe(0.5);
    expect(value("attacks/pgd1/1", records)).toBe(0.75);
    expect(value("attacks/pgd10", records)).toBe(0.25);
    expect(value("attacks", records)).toBeUndefined();
  });

  it("takes the calibration error, of which less is better", () => {
    expect(value("calibration", [record("calibration/clean", { ece: 0.125, accuracy: 1 })])).toBe(0.125);
    expect(measureOf("calibration").better).toBe("less");
  });
});

it("an evaluation that there is not is refused by its name", () => {
  expect(() => checkEvaluations(config, ["corruptions", "corruption"])).toThrow(
    /evaluations: corruption: there is no such family or case/,
  );
});
