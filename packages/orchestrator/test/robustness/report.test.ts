import { benchmarkCorruptions } from "@fledge/corruptions";
import { describe, expect, it } from "vitest";
import { presets } from "../../src/config/presets.ts";
import { robustnessSection } from "../../src/report/robustness/section.ts";
import type { RobustnessFile, RobustnessRecord } from "../../src/robustness/records.ts";

const config = presets["demo"]!;
const settings = {
  ...config.robustness,
  attacks: { ...config.robustness.attacks, epsilons: [1, 4], pgd: { ...config.robustness.attacks.pgd, steps: [10] } },
};

const record = (
  model: string,
  family: string,
  name: string,
  correct: string,
  more: Partial<RobustnessRecord> = {},
): RobustnessRecord => ({
  model,
  checksum: "abc",
  family,
  case: name,
  key: "key",
  images: correct.length,
  seconds: 1,
  values: { accuracy: Array.from(correct).filter((bit) => bit === "1").length / correct.length },
  correct,
  ...more,
});

const shown = [{ file: "robustness/teacher/clean/0.png", image: "a.jpg", label: "<finch>", taken: "<finch>" }];
const fooled = [
  { ...shown[0]!, file: "found.png", original: "original.png", difference: "difference.png", taken: "wren" },
];

const file: RobustnessFile = {
  reference: "teacher",
  images: { taken: 4, of: 10 },
  settings,
  classes: ["<finch>", "wren"],
  records: [
    record("teacher", "clean", "center", "1110", { shown }),
    record("teacher", "attacks", "fgsm/1", "1100"),
    record("teacher", "attacks", "fgsm/4", "1000"),
    record("teacher", "attacks", "pgd10/1", "0110", { shown: fooled }),
    record("teacher", "attacks", "pgd10/4", "0010"),
    record("student", "clean", "center", "1111"),
    record("student", "calibration", "clean", "1111", {
      values: { accuracy: 1, top5: 1, ece: 0.125, macroAccuracy: 0.75, nll: 0.5 },
      lists: {
        binCount: [0, 4],
        binAccuracy: [0, 1],
        binConfidence: [0, 0.875],
        perClassAccuracy: [0.5, 1],
        support: [2, 2],
      },
    }),
  ],
};

const section = await robustnessSection(config, file, (name) => Promise.resolve(`data:${name}`));

describe("the report of robustness", () => {
  it("has a line in table 4 for each headline and a column for each model, with what was not measured left open", () => {
    const lines = section.files.get("table-4.md")!.split("\n");
    const row = (start: string): string[] =>
      lines
        .find((line) => line.startsWith(`| ${start}`))!
        .split("|")
        .slice(2, -1)
        .map((cell) => cell.trim());
    expect(row("Family")).toEqual(["Teacher", "Student"]);
    expect(row("Clean images (centre crop): accuracy")).toEqual(["75.0 %", "100.0 %"]);
    // Image by image: 1100 and 0110, then 1000 and 0010.
    expect(row("Adversarial attacks (L-infinity): accuracy at 1/255, worst of 2 attacks")).toEqual(["25.0 %", "N/A"]);
    expect(row("Adversarial attacks (L-infinity): accuracy at 4/255, worst of 2 attacks")).toEqual(["0.0 %", "N/A"]);
    expect(row("Calibration and classes (clean images): expected calibration error")).toEqual(["N/A", "12.5 %"]);
    expect(row("Calibration and classes (clean images): negative log-likelihood")).toEqual(["N/A", "0.500"]);
  });

  it("says how many images it is of, and how wide an interval that makes", () => {
    // Wilson's interval of 2 in 4 is 15.0 % to 85.0 %.
    expect(section.html).toContain("Of the 10 test images 4 were looked at");
    expect(section.html).toContain("plus or minus 35.0 % of 4 images");
  });

  it("gives no mCE against a reference that was measured on other images", async () => {
    const kinds = [...benchmarkCorruptions];
    const errors = (model: string, correct: string): RobustnessRecord[] =>
      kinds.flatMap((kind) =>
        [1, 2, 3, 4, 5].map((severity) => record(model, "corruptions", `${kind}/${severity}`, correct)),
      );
    const tableOf = async (student: string): Promise<string> => {
      const records = [...errors("teacher", "1010"), ...errors("student", student)];
      const { files } = await robustnessSection(config, { ...file, records }, () => Promise.resolve(null));
      return files.get("table-4.md")!;
    };
    expect(await tableOf("1110")).toMatch(/: mCE +\| 100\.0 % +\| 50\.0 %/);
    expect(await tableOf("111010")).toMatch(/: mCE +\| 100\.0 % +\| N\/A/);
  });

  it("draws a curve for each attack of a model, from its clean accuracy, and one of the worst", () => {
    const [worst, teacher] = ["attacks", "attacks-teacher"].map((name) => section.files.get(`robustness-${name}.svg`)!);
    expect(worst).toContain("worst of the attacks: accuracy");
    for (const text of ["fgsm", "pgd10", "epsilon, in 1/255"]) expect(teacher).toContain(text);
    expect(teacher).not.toContain("square");
    expect(section.files.has("robustness-attacks-student.svg")).toBe(false);
    expect(section.html).toContain(teacher);
  });

  it("shows images, what the smallest epsilon made of them, and the difference, with the classes' names escaped", () => {
    expect(section.html).toContain("Teacher under pgd10");
    for (const name of ["original.png", "found.png", "difference.png"])
      expect(section.html).toContain(`src="data:${name}"`);
    expect(section.html).toContain("taken for wren at 1/255");
    expect(section.html).toContain("&lt;finch&gt;");
    expect(section.html).not.toContain("<finch>");
  });

  it("draws a reliability diagram, and lists the worst classes", () => {
    expect(section.files.get("reliability-student.svg")).toContain("expected calibration error 12.5 %");
    expect(section.html).toContain("&lt;finch&gt;: 1 of 2");
    expect(section.files.get("robustness-classes.csv")).toBe(
      "model,class,images,accuracy\nstudent,<finch>,2,0.5\nstudent,wren,2,1\n",
    );
  });

  it("writes every number as a row", () => {
    const rows = section.files.get("robustness.csv")!.trimEnd().split("\n");
    expect(rows[0]).toBe("model,family,case,images,measure,value");
    expect(rows).toContain("teacher,attacks,pgd10/4,4,accuracy,0.25");
    expect(rows).toContain("student,calibration,clean,4,ece,0.125");
    expect(rows).toHaveLength(1 + 6 + 5);
  });
});
