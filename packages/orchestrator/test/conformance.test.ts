import { join } from "node:path";
import { expect, it } from "vitest";
import { run as fledge } from "./fledge.ts";

const cases = join(import.meta.dirname, "../../../test/conformance/cases");

it("the command prints a line per case, closes with the counts, and its exit code tells whether any failed", async () => {
  const good = await fledge("conformance", join(cases, "relu"));
  expect(good.output).toMatch(/passed +relu +error .*tolerance/);
  expect(good.output).toMatch(/1 passed, 0 failed, 0 skipped\n$/);
  expect(good.code).toBe(0);
  const bad = await fledge("conformance", join(cases, "relu"), "--rung", "relu/99-magic");
  expect(bad.output).toMatch(/0 passed, 1 failed, 0 skipped\n$/);
  expect(bad.code).toBe(1);
});

it("the command says where a forced rung is of a kernel that no case runs", async () => {
  const { output, code } = await fledge(
    "conformance",
    join(cases, "relu"),
    "--rung",
    "rellu/01-naive",
    "--rung",
    "relu/01-naive",
  );
  expect(output).toMatch(/none of these cases runs a kernel "rellu": forcing rellu\/01-naive changed nothing/);
  expect(output).not.toMatch(/kernel "relu"/);
  expect(code).toBe(0);
});

it("the command refuses a file for the results that it could not write, before it runs anything", async () => {
  const { output, code } = await fledge(
    "conformance",
    join(cases, "relu"),
    "--json",
    join(cases, "relu", "case.json", "results.json"),
  );
  expect(output.replaceAll(/\s+/g, " ")).toMatch(/case\.json\/results\.json cannot be written \(ENOTDIR/);
  expect(output).not.toMatch(/passed/);
  expect(code).toBe(1);
});
