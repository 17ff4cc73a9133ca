// What the documents tell a reader to type is there to be typed.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join, posix } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { workspaceRoot } from "../bootstrap/shell.mjs";
import { faultOfCommand } from "./documents/check.ts";
import { documentedCommands, htmlTargets } from "./documents/read.ts";
import { files, readText } from "./documents/workspace.ts";

const documents = files.filter((file) => file.endsWith(".md"));
const commands = documents.flatMap((file) =>
  documentedCommands(readText(file)).map((command) => ({ ...command, file })),
);

/** The documented command in the root's README's folder. */
const fault = (text: string, inSentence = false): string | null => faultOfCommand({ line: 1, text, inSentence }, ".");

describe("the documents", () => {
  it.each(documents)("%s shows commands that can be run", (document) => {
    const faults = commands
      .filter(({ file }) => file === document)
      .flatMap((command) => {
        const fault = faultOfCommand(command, posix.dirname(document));
        return fault === null ? [] : [`${document}:${command.line}: ${command.text}: ${fault}`];
      });
    expect(faults).toEqual([]);
  });

  it.each(documents)("%s shows pictures that are there", (document) => {
    const missing = htmlTargets(readText(document)).filter(
      (target) => !existsSync(join(workspaceRoot, posix.dirname(document), target)),
    );
    expect(missing).toEqual([]);
  });

  it.each(documents)("%s begins each dated paragraph behind a blank line, or two would be shown as one", (document) => {
    const lines = readText(document).split("\n");
    const joined = lines.filter((line, index) => /^\*\*\d{4}-\d\d-\d\d/.test(line) && lines[index - 1]?.trim());
    expect(joined).toEqual([]);
  });

  it.each([
    ["npx fledge --help", []],
    ["npx fledge doctor", []],
    ["npx fledge conformance test/conformance/cases", ["--filter", "normalise"]],
    ["npm run peers -- --help", []],
  ])("show %s, which runs", async (text, more) => {
    expect(commands.map((command) => command.text.split("#")[0]!.trim())).toContain(text);
    const [program, ...words] = text.split(" ");
    const options = { cwd: workspaceRoot, shell: process.platform === "win32" };
    await promisify(execFile)(program!, [...words, ...more], options);
  });
});

describe("the check of documented commands", () => {
  it.each([
    "npx fledge tune --again",
    "npx fledge explain --preset paper-text --set data.imageSize=64 # a remark",
    "npx fledge bench <kernel> --full",
    "npx fledge bench conv2d --rung 02-tiled",
    "FLEDGE_BENCH=full npm run bench && npx fledge bench --renew-baseline",
    "npm run peers -- --quick --only conv",
    "npx nx bench conv2d -- --full",
    "npx nx affected -t test",
    "npx vitest run --root tools -t floors",
    "cd kernels/conv2d && diff README.md package.json",
    ".ci/run",
  ])("lets %s through", (text) => {
    expect(fault(text)).toBeNull();
  });

  it.each([
    ["npx fledge polish", "unknown command"],
    ["npx fledge tune --faster", "unknown option"],
    ["npx fledge explain --preset mine", "Allowed choices"],
    ["npx fledge explain --set data.size=64", "data.size: there is no such setting"],
    ["npx fledge train", "missing required argument"],
    ["npx fledge bench conv3d", 'no benchmarks of "conv3d"'],
    ["npx fledge bench conv2d --rung 02-magic", "no rung 02-magic"],
    ["npx fledge bench conv2d --shape conv9", 'the shape "conv9"'],
    ["npx fledge conformance test/cases", "no test/cases"],
    ["npm run polish", "no script"],
    ["npm run peers -- --slow", "no option --slow"],
    ["npm run fledge -- polish", "unknown command"],
    ["npx nx test conv3d", "no project"],
    ["npx nx bench orchestrator", "no project"],
    ["npx nx affected -t polish", "no project has a target"],
    ["npx vitest run --config vitest.config.ts --root tools", "--config counts from --root"],
    ["npx tsx bench/none.bench.ts", "no file"],
    ["npx polish", "not known to this check"],
    ["make all", "not known to this check"],
    ["npm run floors && cd nowhere", "no folder nowhere"],
  ])("stops %s", (text, reason) => {
    expect(fault(text)).toContain(reason);
  });

  it("takes a part of a command for one only in a sentence", () => {
    expect(fault("fledge train", true)).toBeNull();
    expect(fault("fledge train --faster teacher", true)).toContain("unknown option");
    expect(fault("npx nx bench", true)).toBeNull();
    expect(fault("npx nx bench")).toContain("which project");
  });

  it("finds commands in blocks, sentences and tables, and leaves formulas alone", () => {
    const text = [
      "Type `npm test`, then look at `out = a * b`.",
      "",
      "    npx fledge tune \\",
      "      --again",
      "    .ci/run   # all",
      "",
      "| a | b |",
      "| --- | --- |",
      "| `npx nx graph` | c |",
      "",
      "    out[i] = x[i]",
      "",
      "```sh",
      "polish",
      "```",
    ];
    expect(documentedCommands(text.join("\n")).map(({ line, text }) => [line, text])).toEqual([
      [1, "npm test"],
      [4, "npx fledge tune   --again"],
      [5, ".ci/run   # all"],
      [9, "npx nx graph"],
      [14, "polish"],
    ]);
  });
});
