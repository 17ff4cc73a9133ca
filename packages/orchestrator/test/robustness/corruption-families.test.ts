import { describe, expect, it } from "vitest";
import { presets } from "../../src/config/presets.ts";
import { resolveConfig } from "../../src/config/resolve.ts";
import { furtherTables } from "../../src/report/robustness/corruption-tables.ts";
import { corruptions } from "../../src/robustness/corruptions.ts";
import type { Measured, Measurement, ViewCase } from "../../src/robustness/family.ts";
import { perturbations } from "../../src/robustness/perturbations.ts";
import type { RobustnessFile } from "../../src/robustness/records.ts";

const demo = presets["demo"]!;
const family = corruptions(demo);
const sequences = perturbations(demo);

/** A model whose error is `base`, plus `rise` with every severity. */
const measuredOf = (base: number, rise: number): Measured =>
  new Map(family.cases.map(({ name, at }) => [name, { values: { accuracy: 1 - base - rise * (at ?? 0) } }]));

describe("corruptions", () => {
  it("are 19 at five severities of the clean view, and the clean view itself", () => {
    expect(family.cases).toHaveLength(96);
    const [clean, noise] = family.cases as [ViewCase, ViewCase];
    expect(clean.view).toEqual({
      crop: { kind: "center", resize: demo.views.resize, size: demo.data.imageSize },
      flip: false,
    });
    expect(noise).toMatchObject({ name: "gaussian_noise/1", series: "gaussian_noise", at: 1 });
    expect(noise.view).toEqual({
      ...clean.view,
      corruption: { kind: "gaussian_noise", severity: 1, savedAsJpeg: 85 },
    });
  });

  it("are saved as the settings say", () => {
    const bare = resolveConfig("demo", [{ robustness: { corruptions: { savedAsJpeg: null } } }]);
    const [, noise] = corruptions(bare).cases as [ViewCase, ViewCase];
    expect(noise.view.corruption!.savedAsJpeg).toBeNull();
    expect(() => resolveConfig("demo", [{ robustness: { corruptions: { savedAsJpeg: 101 } } }])).toThrow(/savedAsJpeg/);
  });

  it("give the mean error, and against the reference mCE and what is lost of clean accuracy", () => {
    const own = measuredOf(0.1, 0.1); // errors .2 to .6
    const reference = measuredOf(0.2, 0.05); // .25 to .45
    const rounded = family.headlines(own, reference).map(({ name, value }) => [name, +value.toFixed(6)]);
    expect(rounded).toEqual([
      ["mean error", 0.4],
      ["mCE", +(0.4 / 0.35).toFixed(6)],
      ["relative mCE", 2],
    ]);
    expect(family.headlines(own, undefined).map(({ name }) => name)).toEqual(["mean error"]);
    expect(family.headlines(new Map([...own].slice(0, 40)), reference)).toEqual([]);
    expect(family.headlines(own, measuredOf(0, 0)).map(({ name }) => name)).toEqual(["mean error"]); // it makes no error
  });
});

describe("perturbations", () => {
  const flips = (share: number): Measured =>
    new Map<string, Measurement>(sequences.cases.map(({ name }) => [name, { values: { flipProbability: share } }]));

  it("are ten sequences of so many images, at the cost of their frames", () => {
    expect(sequences.cases.map(({ cost }) => cost)).toEqual([31, 31, 31, 31, 31, 31, 41, 31, 31, 31]);
    expect(sequences.cases.map(({ images }) => images)).toEqual(Array.from({ length: 10 }, () => 48));
    expect(perturbations(presets["paper-text"]!).cases[0]!.images).toBeNull();
    const few = resolveConfig("demo", [{ robustness: { perturbations: { images: 5 } } }]);
    expect(perturbations(few).cases[0]!.images).toBe(5);
  });

  it("give the mean flip probability, and against the reference mFR", () => {
    expect(sequences.headlines(flips(0.1), flips(0.2))).toEqual([
      { name: "flip probability", value: expect.closeTo(0.1, 9) as number, unit: "share" },
      { name: "mFR", value: expect.closeTo(0.5, 9) as number, unit: "share" },
    ]);
    expect(sequences.headlines(flips(0.1), flips(0)).map(({ name }) => name)).toEqual(["flip probability"]);
    expect(sequences.headlines(new Map(), flips(0.1))).toEqual([]);
  });
});

describe("the report's tables", () => {
  const records = (model: string, base: number): RobustnessFile["records"] =>
    [
      ...[...measuredOf(base, 0.1)].map(([name, one]) => ({ name, one, family: "corruptions" })),
      { name: "tilt", one: { values: { flipProbability: base } }, family: "perturbations" },
    ].map(({ name, one: { values }, family: of }) => ({
      model,
      checksum: "",
      family: of,
      case: name,
      key: "",
      images: 50,
      seconds: 1,
      values: { ...values },
    }));
  const file: RobustnessFile = {
    settings: demo.robustness,
    classes: [],
    reference: "teacher",
    images: { taken: 50, of: 100 },
    records: [...records("teacher", 0.2), ...records("student", 0.1)],
  };

  it("have a row a corruption, and mCE in the mean's", () => {
    const [teacher, student, ...more] = furtherTables["corruptions"]!(file);
    expect(more).toEqual([]);
    expect(teacher!.rows.map((row) => row.at(-1))).toEqual(Array.from({ length: 20 }, () => "100.0 %"));
    expect(student!.title).toBe("Errors on corrupted images: Student");
    expect(student!.rows[0]).toEqual([
      "gaussian noise",
      "20.0 %",
      "30.0 %",
      "40.0 %",
      "50.0 %",
      "60.0 %",
      "40.0 %",
      "80.0 %",
    ]);
    expect(student!.rows[15]).toEqual([
      "mean of the 15",
      "20.0 %",
      "30.0 %",
      "40.0 %",
      "50.0 %",
      "60.0 %",
      "40.0 %",
      "80.0 %",
    ]);
    expect(student!.rows[16]![0]).toBe("speckle noise (extra)");
    expect(student!.note).toContain("50 test images; clean images: 10.0 %");
  });

  it("have N/A for a severity that is not measured, and no row for what is not at all", () => {
    const part = {
      ...file,
      records: file.records.filter((record) => record.case === "fog/2" || record.case === "tilt"),
    };
    const [teacher] = furtherTables["corruptions"]!(part);
    expect(teacher!.rows).toEqual([["fog", "N/A", "40.0 %", "N/A", "N/A", "N/A", "N/A", "N/A"]]);
    expect(teacher!.note).toMatch(/ What was not measured has no row\.$/);
    const [flips] = furtherTables["perturbations"]!(part);
    expect(flips!.columns).toEqual(["Sequence", "Teacher", "Student"]);
    expect(flips!.rows).toEqual([["tilt", "20.0 % (100.0 %)", "10.0 % (50.0 %)"]]);
    expect(furtherTables["perturbations"]!({ ...file, records: [] })).toEqual([]);
  });
});
