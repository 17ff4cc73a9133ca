import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { countReport, countTests } from "../ci/count-tests.mjs";

const root = join("/checkout");
const file = (name: string, status: string, tests: Record<string, string>) => ({
  name: join(root, name),
  status,
  assertionResults: Object.entries(tests).map(([fullName, testStatus]) => ({ fullName, status: testStatus })),
});
const good = { success: true, testResults: [file("p/a.test.ts", "passed", { one: "passed", two: "passed" })] };

describe("countReport", () => {
  it("counts passed and failed tests", () => {
    const report = {
      success: false,
      testResults: [...good.testResults, file("p/b.test.ts", "failed", { three: "failed", four: "passed" })],
    };
    expect(countReport(report, root)).toEqual({ passed: 3, failures: ["p/b.test.ts: three (failed)"] });
  });

  it("counts a skipped test as failed", () => {
    const report = { success: true, testResults: [file("a.test.ts", "passed", { one: "skipped", two: "passed" })] };
    expect(countReport(report, root)).toEqual({ passed: 1, failures: ["a.test.ts: one (skipped)"] });
  });

  it("counts a file that does not load as one failure", () => {
    const report = { success: false, testResults: [file("broken.test.ts", "failed", {})] };
    expect(countReport(report, root)).toEqual({ passed: 0, failures: ["broken.test.ts (failed)"] });
  });

  it("counts a run without tests as one failure", () => {
    expect(countReport({ success: false, testResults: [] }, root)).toEqual({
      passed: 0,
      failures: ["there are no tests"],
    });
  });

  it("counts an error outside of the tests", () => {
    expect(countReport({ ...good, success: false }, root)).toEqual({
      passed: 2,
      failures: ["an error outside of any test"],
    });
  });

  it("takes no results of another checkout", () => {
    const report = { success: true, testResults: [file("../checkout-2/a.test.ts", "passed", { one: "passed" })] };
    expect(countReport(report, root)).toEqual({
      passed: 0,
      failures: ["the results are of another folder, ../checkout-2/a.test.ts"],
    });
  });
});

it("countTests reads a file, and finds no tests where there is none", () => {
  const folder = mkdtempSync(join(tmpdir(), "fledge-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const results = join(folder, "results.json");
  expect(countTests(results, root)).toEqual({ passed: 0, failures: [] });
  writeFileSync(results, JSON.stringify(good));
  expect(countTests(results, root)).toEqual({ passed: 2, failures: [] });
});
