import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The parts of vitest's JSON report that are counted.
 * @typedef {{ fullName: string, status: string }} Assertion
 * @typedef {{ success: boolean, testResults: { name: string, status: string, assertionResults: Assertion[] }[] }} Report
 */

/**
 * Passed tests and the names of the failed ones. A test that did not run counts as failed:
 * skipped, in a file that does not load, or stopped by an error outside of any test.
 * @param {string} project
 * @param {Report} report
 * @returns {{ passed: number, failures: string[] }}
 */
export function countReport(project, report) {
  const failures = report.testResults.flatMap(({ name, status, assertionResults }) => {
    const failed = assertionResults
      .filter((test) => test.status !== "passed")
      .map((test) => `${test.fullName} (${test.status})`);
    return status === "passed" || failed.length > 0 ? failed : [`${name} (${status})`];
  });
  if (report.testResults.length === 0) failures.push("there are no tests");
  else if (!report.success && failures.length === 0) failures.push("an error outside of any test");
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return {
    passed: tests.filter(({ status }) => status === "passed").length,
    failures: failures.map((failure) => `${project}: ${failure}`),
  };
}

/**
 * Counts over all projects.
 * @param {string} folder the reports, named after their projects
 * @returns {{ passed: number, failures: string[] }}
 */
export function countTests(folder) {
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const counts = files.map((file) => {
    return countReport(file.replace(/\.json$/, ""), JSON.parse(readFileSync(join(folder, file), "utf8")));
  });
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failures: counts.flatMap(({ failures }) => failures),
  };
}
