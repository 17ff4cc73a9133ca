// `fledge bench`, and the `bench` target of every project: runs benchmarks, and keeps and compares their figures.
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { compareLadders, readLadders, renderChanges, renderNoise } from "@fledge/bench";
import { workspaceRoot } from "../bootstrap/shell.mjs";
import { alarmFactor, renewBaseline } from "./benches/baseline.ts";
import { chooseProjects, findBenchProjects } from "./benches/projects.ts";
import { keptVerdicts, runProjects } from "./benches/run-projects.ts";
import { rerunOnChange } from "./benches/watch.ts";

const [flag, text, texts] = [
  { type: "boolean", default: false },
  { type: "string" },
  { type: "string", multiple: true, default: [] as string[] },
] as const;

const flags = {
  full: flag,
  readme: flag,
  json: text,
  adapter: text,
  rung: texts,
  shape: texts,
  watch: flag,
  compare: flag,
  "renew-baseline": flag,
  "print-json": flag,
  quiet: flag,
  verdicts: flag,
} as const;

/** Those that measure nothing, and what they take beside `--quiet`. */
const withoutMeasuring = {
  compare: ["print-json"],
  "renew-baseline": [],
  verdicts: [],
} as const satisfies Partial<Record<keyof typeof flags, readonly (keyof typeof flags)[]>>;

/** As the command line has it: `--json` without a file arrives as `--print-json`. */
const shown = (name: string): string => (name === "print-json" ? "--json" : `--${name}`);

/** @throws where an option is given to what measures nothing, which would not heed it */
function checkHeeded(given: readonly string[], names: readonly string[]): void {
  for (const [mode, takes] of Object.entries(withoutMeasuring)) {
    if (!given.includes(mode)) continue;
    if (mode === "compare" && given.includes("json"))
      throw new Error("--compare prints what changed: put --json behind the files, with no file of its own");
    const others = given.filter((name) => ![mode, "quiet", ...takes].includes(name));
    if (others.length > 0)
      throw new Error(`--${mode} measures nothing, and has no use for ${others.map(shown).join(", ")}: leave it out`);
    if (mode !== "compare" && names.length > 0)
      throw new Error(`--${mode} is of all projects: leave out ${names.join(", ")}`);
  }
}

/**
 * Prints what changed from the results in one file to those in another, or how far those in more files differ.
 * @returns what is slower by every yardstick by more than `alarmFactor`, or is not timed any more; of more files nothing
 */
function compareFiles(files: readonly string[], asJson: boolean): string[] {
  const [a, b, ...more] = files.map(readLadders);
  if (!a || !b) return ["--compare takes files of results, two or more: A.json B.json"];
  if (asJson && more.length > 0) return ["--compare --json takes two files: how far more differ is a table alone"];
  const { changes, lost } = compareLadders(a, b);
  if (changes.length + lost.length === 0) return [`${files.slice(0, 2).join(" and ")} have no rung in common`];
  if (more.length > 0) {
    console.log(renderNoise([a, b, ...more]));
    return [];
  }
  console.log(asJson ? JSON.stringify({ changes, lost }, null, 2) : [renderChanges(changes), ...lost].join("\n"));
  const slower = changes.filter(({ slowdown }) => slowdown > alarmFactor);
  return [
    ...slower.map(
      ({ rung, layer, slowdown }) =>
        `${rung} on ${layer} takes ${slowdown.toFixed(2)} times as long by every yardstick`,
    ),
    ...lost,
  ];
}

/** Does what the command line says. @returns what failed, in words */
async function runBenches(args: readonly string[]): Promise<string[]> {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: flags,
    allowPositionals: true,
    tokens: true,
  });
  const given = tokens.flatMap((token) => (token.kind === "option" ? [token.name] : []));
  checkHeeded(given, positionals);
  if (values.compare) return compareFiles(positionals, values["print-json"]);
  if (values["renew-baseline"]) {
    console.log(`bench/baseline.json now holds ${await renewBaseline(workspaceRoot)} ladders.`);
    return [];
  }
  if (values.verdicts) {
    console.log(keptVerdicts(workspaceRoot));
    return [];
  }
  const json = values.json ?? process.env["FLEDGE_BENCH_JSON"];
  const known = findBenchProjects(workspaceRoot);
  // A word behind --json is its file: who meant a project would have all of them measured.
  if (known.some(({ name, root }) => name === values.json || root === values.json))
    throw new Error(`--json ${values.json} would be a file: put the name before --json, or call the file otherwise`);
  const projects = chooseProjects(known, positionals);
  const options = {
    workspace: workspaceRoot,
    mode: values.full ? "full" : (process.env["FLEDGE_BENCH"] ?? "quick"),
    json: json === undefined ? undefined : resolve(json),
    readme: values.readme,
    printJson: values["print-json"],
    quiet: values.quiet,
    filters: [...values.rung.flatMap((id) => ["--rung", id]), ...values.shape.flatMap((name) => ["--shape", name])],
    adapter: values.adapter === undefined ? [] : ["--adapter", values.adapter],
  };
  if (!values.watch) return runProjects(projects, options);
  const [project, ...others] = projects;
  if (!project || others.length > 0 || options.filters.length === 0)
    return [
      "--watch takes one kernel, and --rung or --shape: npx fledge bench conv2d --rung 06-registers-only --watch",
    ];
  await rerunOnChange(join(workspaceRoot, project.root), async () => {
    for (const failure of await runProjects(projects, options)) console.error(`Failed: ${failure}`);
    console.error(`\nWaiting for a change in ${project.root}; Ctrl-C ends.`);
  });
  return [];
}

try {
  const failures = await runBenches(process.argv.slice(2));
  for (const failure of failures) console.error(`Failed: ${failure}`);
  process.exitCode = failures.length === 0 ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
