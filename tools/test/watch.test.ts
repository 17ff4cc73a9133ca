import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { rerunOnChange } from "../src/benches/watch.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "fledge-watch-"));
  mkdirSync(join(root, "src", "forward"), { recursive: true });
  writeFileSync(join(root, "src", "forward", "01-naive.wgsl"), "");
});
afterEach(() => rmSync(root, { recursive: true }));

it("runs again after a file is written, put in the place of another, or changed while it runs, until it is stopped", async () => {
  const file = join(root, "src", "forward", "01-naive.wgsl");
  const stop = new AbortController();
  const steps: readonly (() => void)[] = [
    () => setTimeout(() => writeFileSync(file, "fn main() {}")),
    () => {
      writeFileSync(`${file}.tmp`, "fn main() { }");
      setTimeout(() => renameSync(`${file}.tmp`, file));
    },
    () => writeFileSync(file, "fn main() {  }"),
    () => stop.abort(),
  ];
  let runs = 0;
  const run = async (): Promise<void> => {
    steps[Math.min(runs, steps.length - 1)]!();
    runs += 1;
  };
  await rerunOnChange(root, run, stop.signal);
  expect(runs).toBeGreaterThanOrEqual(steps.length);
});
