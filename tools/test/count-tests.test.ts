import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countReport, countTests } from "../ci/count-tests.mjs";

const file = (name: string, status: string, tests: Record<string, string>) => ({
  name,
  status,
  assertionResults: Object.entries(tests).map(([fullName, testStatus]) => ({ fullName, status: testStatus })),
});
const good = { success: true, testResults: [file("a.test.ts", "passed", { one: "passed", two: "passed" })] };

describe("countReport", () => {
  it("counts passed and failed tests", () => {
    const report = {
      success: false,
      testResults: [...good.testResults, file("b.test.ts", "failed", { three: "failed", four: "passed" })],
    };
    expect(countReport("p", report)).toEqual({ passed: 3, failures: ["p: three (failed)"] });
  });

  it("counts a skipped test as failed", () => {
    const report = { success: true, testResults: [file("a.test.ts", "passed", { one: "skipped", two: "passed" })] };
    expect(countReport("p", report)).toEqual({ passed: 1, failures: ["p: one (skipped)"] });
  });

  it("counts a file that does not load as one failure", () => {
    const report = { success: false, testResults: [file("broken.test.ts", "failed", {})] };
    expect(countReport("p", report)).toEqual({ passed: 0, failures: ["p: broken.test.ts (failed)"] });
  });

  it("counts a project without tests as one failure", () => {
    expect(countReport("p", { success: false, testResults: [] })).toEqual({
      passed: 0,
      failures: ["p: there are no tests"],
    });
  });

  it("counts an error outside of the tests", () => {
    expect(countReport("p", { ...good, success: false })).toEqual({
      passed: 2,
      failures: ["p: an error outside of any test"],
    });
  });
});

describe("countTests", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "fledge-test-"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("adds up the projects' reports, and finds none where there are none", () => {
    writeFileSync(join(folder, "conv2d.json"), JSON.stringify(good));
    writeFileSync(join(folder, "sgd.json"), JSON.stringify({ ...good, success: false }));
    expect(countTests(folder, "/checkout")).toEqual({ passed: 4, failures: ["sgd: an error outside of any test"] });
    expect(countTests(join(folder, "missing"), "/checkout")).toEqual({ passed: 0, failures: [] });
  });

  it("takes no results of another checkout", () => {
    const own = join(folder, "one");
    mkdirSync(own);
    const reportOf = (path: string) => ({ success: true, testResults: [file(path, "passed", { one: "passed" })] });
    writeFileSync(join(own, "sgd.json"), JSON.stringify(reportOf("/checkout/kernels/sgd/test/a.test.ts")));
    writeFileSync(join(own, "loss.json"), JSON.stringify(reportOf("/checkout-2/kernels/loss/test/a.test.ts")));
    expect(countTests(own, "/checkout")).toEqual({
      passed: 1,
      failures: ["loss: the results are of another folder, /checkout-2/kernels/loss/test/a.test.ts"],
    });
  });
});
