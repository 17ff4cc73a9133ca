import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { isDone } from "../src/study/node-state.ts";
import { openStudy } from "../src/study/open-study.ts";
import { runNode } from "../src/study/run-node.ts";
import { runStudy } from "../src/study/run-study.ts";
import { temporaryFolder } from "./folder.ts";

vi.mock("../src/study/node-state.ts", () => ({ isDone: vi.fn<typeof isDone>() }));
vi.mock("../src/study/run-node.ts", () => ({ runNode: vi.fn<typeof runNode>() }));

const folder = await temporaryFolder();

it("promises the time of what a study lacks, whatever was done before stands behind it in the graph", async () => {
  const file = join(folder, "study.yaml");
  await writeFile(
    file,
    "name: one\nabout: What is left?\npreset: demo\nseeds: [1, 2, 3, 4]\nbaseline: a\nvariants: { a: {} }\n",
  );
  const open = await openStudy(file, { study: join(folder, "one") });
  const ids = open.nodes.map(({ id }) => id);
  const lacking = [ids[0]!, ids[1]!];
  vi.mocked(isDone).mockImplementation(async ({ id }) => !lacking.includes(id));
  // Each takes a minute.
  let now = 0;
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
  vi.mocked(runNode).mockImplementation(async () => void (now += 60_000));
  const told: string[] = [];
  const options = { atOnce: 1, passed: [], tell: (line: string) => told.push(line) };
  await runStudy(open, options, { stoppedBy: undefined } as never).finally(() => clock.mockRestore());
  const ends = told.filter((line) => line.includes(": done"));
  expect(ends).toEqual([
    expect.stringMatching(/^\S+: done \(1 of \d+, about 1 min 0 s left\)$/),
    expect.stringMatching(/^\S+: done \(\d+ of \d+\)$/),
  ]);
});
