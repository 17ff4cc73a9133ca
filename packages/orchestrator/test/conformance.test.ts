import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "./folder.ts";
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

describe("the table", () => {
  it("has a row for each op, with the error closest to its tolerance", async () => {
    const { output } = await fledge("conformance", cases, "--filter", "/linear_");
    const line = /^passed +(linear\S*) +error (\S+), tolerance (\S+) \((\S+)\)$/gm;
    const printed = [...output.matchAll(line)].map(([, name, error, tolerance, tensor]) => ({
      name,
      error,
      tolerance,
      tensor,
    }));
    expect(printed.length).toBeGreaterThan(1);
    const share = ({ error, tolerance }: (typeof printed)[number]) => Number(error) / Number(tolerance);
    const worst = printed.reduce((a, b) => (share(b) > share(a) ? b : a));
    const [header, row, ...more] = output.split("\n\n")[1]!.split("\n");
    expect(header).toMatch(/^op +cases +passed +failed +skipped +worst error +tolerance +of +in case$/);
    const count = String(printed.length);
    const cells = ["linear", count, count, "0", "0", worst.error, worst.tolerance, worst.tensor, worst.name];
    expect(row!.split(/ +/)).toEqual(cells);
    expect(more).toEqual([]);
  });

  it("counts failures of an op that is unknown and of a case that cannot be read, which are named above it", async () => {
    const folder = await temporaryFolder();
    for (const [name, change] of [
      ["unknown", (text: string) => text.replace('"op": "relu"', '"op": "telu"')],
      ["unread", (text: string) => text.slice(1)],
    ] as const) {
      await cp(join(cases, "relu"), join(folder, name), { recursive: true });
      const file = join(folder, name, "case.json");
      await writeFile(file, change(await readFile(file, "utf8")));
    }
    const { output, code } = await fledge("conformance", folder);
    expect(output).toMatch(/^failed +relu +there is no op "telu"; there is /m);
    expect(output).toMatch(/^failed +unread +\S+unread\/case\.json is no JSON/m);
    expect(output).toMatch(/^telu +1 +0 +1 +0$/m);
    expect(output).toMatch(/^\(not read\) +1 +0 +1 +0$/m);
    expect(output).toMatch(/0 passed, 2 failed, 0 skipped\n$/);
    expect(code).toBe(1);
  });

  it("an empty folder, one that is not there and a filter that fits nothing are named", async () => {
    const folder = await temporaryFolder();
    const said = async (...args: string[]) => {
      const { output, code } = await fledge("conformance", ...args);
      expect(code).toBe(1);
      return output.replaceAll(/\s+/g, " ");
    };
    expect(await said(folder)).toContain(`${folder} holds no case`);
    expect(await said(join(folder, "none"))).toContain(`there is no folder ${join(folder, "none")}`);
    expect(await said(join(cases, "manifest.json"))).toContain("manifest.json is no folder; give a folder of cases");
    expect(await said(cases, "--filter", "nothing-like-it")).toContain('has "nothing-like-it" in its name');
  });
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
