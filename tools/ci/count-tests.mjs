import { existsSync, readFileSync } from "node:fs";
import { relative, sep } from "node:path";

/**
 * The parts of vitest's JSON report that are counted.
 * @typedef {{ fullName: string, status: string }} Assertion
 * @typedef {{ success: boolean, testResults: { name: string, status: string, assertionResults: Assertion[] }[] }} Report
 */

/** @param {string} root @param {string} file */
const below = (root, file) => relative(root, file).replaceAll(sep, "/");

/**
 * Passed tests, and the names of the failed ones with their files. A test that did not run counts as failed: skipped, in
 * a file that does not load, or stopped by an error outside of any test. So does a file of another checkout.
 * @param {Report} report
 * @param {string} root the checkout whose tests they must be of
 * @returns {{ passed: number, failures: string[] }}
 */
export function countReport({ success, testResults }, root) {
  const stranger = testResults.map(({ name }) => below(root, name)).find((file) => /^\.\.|^\/|^\w:/.test(file));
  if (stranger !== undefined) return { passed: 0, failures: [`the results are of another folder, ${stranger}`] };
  const failures = testResults.flatMap(({ name, status, assertionResults }) => {
    const file = below(root, name);
    const failed = assertionResults
      .filter((test) => test.status !== "passed")
      .map((test) => `${file}: ${test.fullName} (${test.status})`);
    return status === "passed" || failed.length > 0 ? failed : [`${file} (${status})`];
  });
  if (testResults.length === 0) failures.push("there are no tests");
  else if (!success && failures.length === 0) failures.push("an error outside of any test");
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  return { passed: tests.filter(({ status }) => status === "passed").length, failures };
}

/**
 * Counts the tests of a file of results; none where it is not there.
 * @param {string} file
 * @param {string} root as `countReport` takes it
 * @returns {{ passed: number, failures: string[] }}
 */
export const countTests = (file, root) =>
  existsSync(file) ? countReport(JSON.parse(readFileSync(file, "utf8")), root) : { passed: 0, failures: [] };
