import { existsSync, readdirSync, readFileSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";

/**
 * The parts of vitest's JSON report that are counted.
 * @typedef {{ fullName: string, status: string }} Assertion
 * @typedef {{ success: boolean, testResults: { name: string, status: string, assertionResults: Assertion[] }[] }} Report
 */

/**
 * The test files of a report that lie in another folder: another checkout ran them.
 * @param {Report} report
 * @param {string} root
 * @returns {string[]}
 */
const elsewhere = ({ testResults }, root) =>
  testResults
    .map(({ name }) => name)
    .filter((name) => isAbsolute(name) && (isAbsolute(relative(root, name)) || relative(root, name).startsWith("..")));

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
 * Counts over all projects. Results of another folder count as failed, and are named.
 * @param {string} folder the reports, named after their projects
 * @param {string} root the checkout whose tests they must be of
 * @returns {{ passed: number, failures: string[] }}
 */
export function countTests(folder, root) {
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  const counts = files.map((file) => {
    const project = file.replace(/\.json$/, "");
    const report = JSON.parse(readFileSync(join(folder, file), "utf8"));
    const strangers = elsewhere(report, root);
    if (strangers.length > 0)
      return { passed: 0, failures: [`${project}: the results are of another folder, ${strangers[0]}`] };
    return countReport(project, report);
  });
  return {
    passed: counts.reduce((sum, { passed }) => sum + passed, 0),
    failures: counts.flatMap(({ failures }) => failures),
  };
}
