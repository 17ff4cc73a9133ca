import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** @param {string} text */
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/**
 * A step that is one test.
 * @typedef {{ name: string, passed: boolean, seconds: number }} Step
 */

/**
 * Writes the steps that are no tests of vitest's as one more suite, `ci.xml`, beside the projects'.
 * @param {string} folder
 * @param {readonly Step[]} steps
 */
export function writeSteps(folder, steps) {
  const failures = steps.filter(({ passed }) => !passed).length;
  const total = steps.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3);
  const counts = `tests="${steps.length}" failures="${failures}" errors="0" time="${total}"`;
  const cases = steps.map(({ name, passed, seconds }) => {
    const head = `    <testcase classname="ci" name="${escaped(name)}" time="${seconds.toFixed(3)}"`;
    if (passed) return `${head}/>`;
    return `${head}>\n      <failure message="${escaped(name)} failed: see the log"/>\n    </testcase>`;
  });
  const suite = [`  <testsuite name="ci" ${counts}>`, ...cases, "  </testsuite>"];
  mkdirSync(folder, { recursive: true });
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', `<testsuites ${counts}>`, ...suite, "</testsuites>"];
  writeFileSync(join(folder, "ci.xml"), `${lines.join("\n")}\n`);
}
