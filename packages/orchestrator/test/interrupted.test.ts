import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";
import { command, ended, runUntil } from "./interrupt.ts";
import { epochsOf, outcomeOf } from "./run-files.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const settings = [...small, "--epochs", "6,2,4", "--set", "training.stepSize=3"];
const cut = join(folder, "cut");

const epochsDone = (model: string): Promise<number> =>
  epochsOf(cut, model).then(
    (epochs) => epochs.length,
    () => 0,
  );

it("comes to the same bits, however often and wherever it was killed", async () => {
  const checkpoint = (model: string) => ({ file: join(cut, model, "last.safetensors"), signal: "SIGKILL" }) as const;
  const first = await runUntil(checkpoint("teacher"), ...birds, ...settings, "--run", cut);
  expect(first.signal, first.output).toBe("SIGKILL");
  expect(await epochsDone("teacher")).toBeLessThan(6);

  const second = await runUntil(checkpoint("student"), "--resume", "--run", cut);
  expect(second.signal, second.output).toBe("SIGKILL");
  expect(second.output).toMatch(/teacher: training goes on after epoch [1-5], 6 epochs in all/);
  const reached = await epochsDone("student");
  expect(reached).toBeLessThan(6);
  // A log that is not the checkpoint's, and a part of a line.
  await appendFile(
    join(cut, "student", "metrics.jsonl"),
    `{"kind":"step","epoch":${reached},"step":0,"loss":9,"accuracy":0}\n{"kind":"ep`,
  );

  const third = await runUntil(
    { file: join(cut, "noisy-student", "metrics.jsonl"), epochs: 3, signal: "SIGINT" },
    "--resume",
    "--run",
    cut,
  );
  expect(third.code, third.output).toBe(130);
  expect(third.output).toMatch(/student: training goes on after epoch [1-5], 6 epochs in all/);
  expect(third.output).toContain("interrupted: the same command goes on where it stopped");
  expect(await epochsDone("noisy-student")).toBeLessThan(6);

  const last = await run("reproduce", "--resume", "--run", cut);
  expect(last.code, last.output).toBe(0);
  // The last logged epoch's checkpoint may not have been there yet.
  expect(last.output).toMatch(/noisy-student: training goes on after epoch [2-5], 6 epochs in all/);

  const whole = join(folder, "whole");
  expect((await run("reproduce", ...birds, ...settings, "--run", whole)).code).toBe(0);
  expect(await outcomeOf(cut)).toEqual(await outcomeOf(whole));
});

it("ends when npm, which gives TERM to its shell alone, has left it without a parent", async () => {
  const orphaned = join(folder, "orphaned");
  const args = ["train", "teacher", ...birds, ...settings, "--epochs", "2000,1,1", "--run", orphaned];
  const script = `"$0" "$@"; exit $?`; // More than one command, lest the shell becomes that one.
  const env = { ...process.env, npm_command: "exec" };
  const shell = spawn("sh", ["-c", script, process.execPath, command, ...args], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = ended(shell);
  while (!existsSync(join(orphaned, "teacher", "last.safetensors")) && shell.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 20));
  shell.kill("SIGTERM");
  // The pipes close when the training, too, has ended.
  expect((await end).output).toContain(
    `interrupted: "npx fledge train teacher --run ${orphaned} --resume --no-tune" goes on where it stopped`,
  );
  expect(existsSync(join(orphaned, "run.lock"))).toBe(false);
});
