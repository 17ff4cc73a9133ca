// `npm run faults`: the long form of the tests in this folder, and the figures that docs/reliability.md holds.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const usage = `npm run faults -- [name ...] [--count n] [--seed n] [--from n]
  name     which tests of test/faults, such as kills; without one all
  --count  how many cases of each; without it all, for hours
  --seed   of what is drawn at random (1)
  --from   the first case (0): sessions of one seed add up where each goes on where the one before it stopped
Where runs lie is TMPDIR's choice; in memory (/dev/shm) they take less time.`;

const text = /** @type {const} */ ({ type: "string" });
const options = { count: text, seed: text, from: text, help: /** @type {const} */ ({ type: "boolean", short: "h" }) };

/** The tests' names. */
const names = readdirSync(import.meta.dirname).flatMap((file) => /^(.*)\.test\.ts$/.exec(file)?.[1] ?? []);

/** The command line. A wrong one ends the process with what it takes. */
function parse() {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    const numbers = /** @type {const} */ (["count", "seed", "from"]);
    const wrong = numbers.find((name) => !/^\d+$/.test(values[name] ?? "0"));
    const wanted = process.env.FLEDGE_FAULTS ?? "long";
    if (wanted !== "long" && !(Number(wanted) > 0)) throw new Error(`FLEDGE_FAULTS=${wanted}: give "long" or a number`);
    const unknown = positionals.find((name) => !names.includes(name));
    if (unknown !== undefined) throw new Error(`there is no "${unknown}"; there is ${names.join(", ")}`);
    if (wrong === undefined) return { values, positionals };
    console.error(`--${wrong}: "${values[wrong]}" is no whole number\n${usage}`);
  } catch (error) {
    console.error(`${/** @type {Error} */ (error).message}\n${usage}`);
  }
  process.exit(1);
}

const { values, positionals } = parse();
if (values.help) {
  console.log(usage);
  process.exit(0);
}
const root = join(import.meta.dirname, "..", "..");
const vitest = join(root, "node_modules", "vitest", "vitest.mjs");
const tests = positionals.length === 0 ? ["faults/"] : positionals.map((name) => `faults/${name}.test.ts`);
const { count = process.env.FLEDGE_FAULTS ?? "long", seed = "1", from = "0" } = values;
const child = spawn(process.execPath, [vitest, "run", "--root", "test", ...tests, "--disable-console-intercept"], {
  cwd: root,
  env: { ...process.env, FLEDGE_FAULTS: count, FLEDGE_FAULTS_SEED: seed, FLEDGE_FAULTS_FROM: from },
  stdio: ["ignore", "pipe", "inherit"],
});
const others = [];
for await (const line of createInterface({ input: child.stdout })) {
  if (line.startsWith("faults: ")) console.log(line);
  else others.push(line);
}
if (child.exitCode === null) await once(child, "close");
if (child.exitCode !== 0) console.log(others.join("\n"));
process.exitCode = child.exitCode ?? 1;
