import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { expectedErrors } from "../src/cli/expected-errors.mjs";

const packages = join(import.meta.dirname, "../..");

/** The names that the errors of all packages give themselves. */
function errorNames(): string[] {
  const files = readdirSync(packages).flatMap((name) => {
    const folder = join(packages, name, "src");
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((file) => join(folder, file));
  });
  const sources = files.filter((file) => /\.(ts|mjs)$/.test(file)).map((file) => readFileSync(file, "utf8"));
  return sources.flatMap((text) => [...text.matchAll(/\bname = "([A-Z]\w+)";/g)].map(([, name]) => name!));
}

/** A person can mend none of these, or the command says itself what to do. */
const others = [
  "DivergedError",
  "ReportedFailure",
  "StoppedError",
  // Of `fledge bench`, which has a process of its own.
  "OptionsError",
  // Kept where they are thrown: a rung or a case is left out, a move is not shown.
  "DisagreementError",
  "NoReferenceError",
  "Unsupported",
  "UnsupportedRungError",
  "UntraceableError",
  // Defects of this program or of a driver.
  "GpuInternalError",
  "GpuValidationError",
  "ShaderCompilationError",
];

it("every error is one that a person can mend, which is shown as a sentence, or is known to be none", () => {
  const names = new Set(errorNames());
  expect(names.size).toBeGreaterThan(20);
  expect([...names].sort()).toEqual([...expectedErrors, ...others].sort());
});
