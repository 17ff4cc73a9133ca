import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { drawBirds, narrow, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
const birds = await drawBirds(join(folder, "birds"));
const path = join(folder, "run");
const [labelled, unlabelled] = [birds[1]!, birds[3]!];
const preview = ["--run", path, "--sample", "2", "--count", "1", "--out", join(folder, "preview.html")];
const study = join(import.meta.dirname, "../studies/limitations.yaml");
const cases = join(import.meta.dirname, "../../../test/conformance/cases");

beforeAll(async () => {
  const { code, output, stdout } = await run(
    "train",
    "teacher",
    ...birds,
    ...small,
    "--epochs",
    "1,1,1",
    "--run",
    path,
  );
  if (code !== 0 || stdout !== "") throw new Error(output);
});

describe("on stdout is a command's result alone, as JSON where it is asked for", () => {
  it.each<[string, string[], RegExp]>([
    ["doctor", ["doctor"], /^adapter /],
    ["doctor --run", ["doctor", "--run", path], /^student: no epoch|no epoch of its training/],
    ["evaluate", ["evaluate", "--run", path], /Table 2/],
    ["evaluate --set", ["evaluate", "--run", path, "--set", "evaluation.repeats=1"], /^model +task/],
    ["robustness", ["robustness", "--run", path, "--only", "clean"], /Table/],
    ["report", ["report", "--run", path], /Table 2/],
    ["predict", ["predict", path, join(unlabelled, "images"), "--top", "1"], /^\S+\.jpg +\S+ [\d.]+ %$/m],
    ["reproduce --dry-run", ["reproduce", ...birds, ...small, "--dry-run"], /^model/],
    ["explain", ["explain", ...narrow, "--no-tune"], /^0 +normalise-images\//],
    ["dataset verify", ["dataset", "verify", "--labelled", labelled], /^verdict/],
    ["dataset overlap", ["dataset", "overlap", labelled, "--workers", "0"], /images/],
    ["pseudo-label", ["pseudo-label", "--run", path], /^generation +right labels +file\n1 +[\d.]+ % /],
    ["augment preview", ["augment", "preview", ...preview], /^predictions that flip/],
    ["conformance", ["conformance", cases, "--filter", "relu"], /^passed/],
  ])("%s", async (_, args, shown) => {
    const text = await run(...args, "--quiet");
    expect(text.stdout.trimStart(), text.output).toMatch(shown);
    expect(text.stdout).not.toMatch(/computing on|^\s*(ℹ|✔|\[info\])/m);
    // Quiet, there is nothing else but what is amiss.
    expect(text.output.replace(text.stdout, "")).not.toMatch(/computing on|continuing the run/);
    const json = await run(...args, "--json");
    expect(JSON.parse(json.stdout)).toBeInstanceOf(Object);
    expect(json.code).toBe(text.code);
  });

  it("is nothing but JSON also of a study that has not begun, which is said", async () => {
    const report = ["study", "report", study, "--study", join(folder, "study")];
    const text = await run(...report);
    expect(text.stdout).toBe("");
    expect(text.output).toContain("no run of the study is done yet");
    expect(JSON.parse((await run(...report, "--json")).stdout)).toMatchObject({ outcomes: [] });
  });

  it("keeps what was measured under other settings beside the run's own, and measures it once", async () => {
    const other = ["evaluate", "--run", path, "--set", "views.evaluation=center", "--json"];
    const first = await run(...other);
    const [record] = JSON.parse(first.stdout) as [{ settings: object; accuracies: number[]; model: string }];
    expect([record.settings, record.model]).toEqual([{ "views.evaluation": "center" }, "teacher"]);
    expect(record.accuracies).toHaveLength(1);
    expect((await run(...other)).stdout).toBe(first.stdout);
    for (const [setting, message] of [
      ["training.learningRate=1", /is no setting of an evaluation/],
      ["views.evaluation=random", /these are the run's own settings/],
    ] as const) {
      const refused = await run("evaluate", "--run", path, "--set", setting);
      expect([refused.code, refused.output]).toEqual([1, expect.stringMatching(message)]);
    }
  });
});
