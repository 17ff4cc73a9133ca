import { spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { commandLine } from "../src/cli/command-line.mjs";
import { completionsOf } from "../src/cli/completion.mjs";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const program = commandLine();

it.each<[string[], string[]]>([
  [["rep"], ["report", "reproduce"]],
  [
    ["dataset", ""],
    ["make-demo", "verify", "overlap", "help"],
  ],
  [["reproduce", "--pre"], ["--preset"]],
  [
    ["reproduce", "--preset", "paper"],
    ["paper-text", "paper-code", "paper"],
  ],
  [["reproduce", "--preset", "demo", "--pre"], []],
  [["reproduce", "--seed", ""], []],
  [["explain", "--program", "pr"], ["predict"]],
  [
    ["completion", ""],
    ["bash", "zsh", "fish"],
  ],
  [["predict", "runs/demo", "--js"], ["--json"]],
  [["frobnicate", "--vers"], ["--version"]],
  [["reproduce", "--preset=dem"], ["--preset=demo"]],
  [["reproduce", "--preset", "=", "dem"], ["demo"]],
  [
    ["explain", "--program", "="],
    ["train", "predict"],
  ],
  [["explain", "--program=train", "--cla"], ["--classes"]],
])("completes %j to %j", (words, candidates) => {
  expect(completionsOf(program, words).sort()).toEqual([...candidates].sort());
});

it("offers every command, and no hidden one", () => {
  const names = completionsOf(program, [""]);
  expect(names).toContain("predict");
  expect(names).not.toContain("complete");
});

it("bash asks it", async () => {
  const { code, output } = await run("completion", "bash");
  expect(code).toBe(0);
  const script = join(folder, "fledge.bash");
  await writeFile(script, output);
  const completed = (...words: string[]): string[] => {
    const asked = `source ${script}; COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _fledge; echo "\${COMPREPLY[*]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", asked], { encoding: "utf8" });
    expect(stderr).toBe("");
    return stdout.trim().split(/\s+/);
  };
  expect(completed("fledge", "reproduce", "--preset", "paper-")).toEqual(["paper-text", "paper-code"]);
  expect(completed("npx", "fledge", "reproduce", "--preset", "paper-")).toEqual(["paper-text", "paper-code"]);
  expect(completed("npx", "vitest", "rep")).toEqual([""]);
  expect(completed("npx", "fledge")).toEqual([""]);
});

it("leaves what else completes npx in bash alone", async () => {
  const { output } = await run("completion", "bash");
  const asked = `complete -W other npx\n${output}\ncomplete -p npx fledge`;
  const { stdout } = spawnSync("bash", ["-c", asked], { encoding: "utf8" });
  expect(stdout.trim().split("\n")).toEqual(["complete -W 'other' npx", "complete -o default -F _fledge fledge"]);
});

it.each(["zsh", "fish"])("%s gets a script of its own", async (shell) => {
  const { code, output } = await run("completion", shell);
  expect(code).toBe(0);
  expect(output).toContain("fledge.mjs' 'complete' '--'");
});
