import { describe, expect, it } from "vitest";
import { UsageError } from "../src/config/resolve.ts";
import { environmentSchema } from "../src/run/environment.ts";
import { parseJson, parseLog, resultsSchema } from "../src/run/read-records.ts";
import { epochRecord, resultsRecord } from "./records.ts";

const refusal = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  return "accepted";
};

describe("results", () => {
  const read = (text: string) => parseJson(text, resultsSchema, "results.json", "remove it");

  it("come back as they were written, with what a later version adds", () => {
    const later = { ...resultsRecord, added: { by: "a later version" } };
    expect(read(JSON.stringify(later))).toEqual(later);
  });

  it.each(["", "null", "[]", "3", '{"evaluations": {}}', '{"evaluations": [], "bestValidation": {"pupil": {}}}'])(
    "%s is refused by the file's name, with the mend",
    (text) => {
      expect(refusal(() => read(text))).toMatch(/^results\.json is (damaged|no JSON): remove it/);
    },
  );
});

it("an environment without an adapter is refused, and the place named", () => {
  const text = '{"startedAt": "", "command": "", "commit": "", "node": ""}';
  expect(refusal(() => parseJson(text, environmentSchema, "environment.json", "restore it"))).toContain("at adapter");
});

describe("a log", () => {
  const line = `${JSON.stringify(epochRecord(0))}\n`;

  it("whose last line was cut short is read up to it, and says so", () => {
    expect(parseLog(line + line.slice(0, 20), "log")).toEqual({ records: [epochRecord(0)], torn: true });
    expect(parseLog(`${line}\0\0\0\0`, "log")).toEqual({ records: [epochRecord(0)], torn: true });
  });

  it("whose last line lacks its line feed alone is whole", () => {
    expect(parseLog(line.trimEnd(), "log")).toEqual({ records: [epochRecord(0)], torn: false });
    expect(parseLog("", "log")).toEqual({ records: [], torn: false });
  });

  it("keeps a measurement that was no number", () => {
    expect(parseLog(`${JSON.stringify(epochRecord(0, { validationLoss: NaN }))}\n`, "log").records).toEqual([
      epochRecord(0, { validationLoss: NaN }),
    ]);
  });

  it.each(["[]", "null", "{}", '{"kind":"step"}', '{"kind":"epoch","epoch":"0"}', "text"])(
    "with the line %s is refused, and the line named",
    (damaged) => {
      expect(refusal(() => parseLog(`${line}${damaged}\n${line}`, "log"))).toMatch(/^log, line 2 is no record/);
    },
  );
});
