import { chmod, mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { presets } from "../src/config/presets.ts";
import { latestCheckpoint } from "../src/run/checkpoints.ts";
import { RunDirectory } from "../src/run/run-directory.ts";
import { looksAt, snapshotOf } from "../src/watch/snapshot.ts";
import { drawBirds, small } from "./birds.ts";
import { run } from "./fledge.ts";
import { temporaryFolder } from "./folder.ts";

const folder = await temporaryFolder();
await chmod(folder, 0o755);

/** Lets nobody into a folder until the test ends. */
async function close(path: string): Promise<void> {
  await chmod(path, 0);
  onTestFinished(() => chmod(path, 0o755));
}

/** What root asks for, root gets: for the time of `body` the process is another user. */
async function asAnyone<T>(body: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return body();
  process.seteuid!(54321);
  return body().finally(() => process.seteuid!(0));
}

it.each(["labelled", "weights"])("%s in a folder that may not be entered is not called missing", async (input) => {
  const birds = await drawBirds(join(folder, input, "birds"));
  const weights = join(folder, input, "closed", "weights.pth");
  await mkdir(join(folder, input, "closed"));
  await writeFile(weights, "");
  const closed = input === "labelled" ? join(folder, input, "birds") : join(folder, input, "closed");
  await close(closed);
  const given = input === "weights" ? ["--weights", weights] : [];
  const { code, output } = await asAnyone(() => run("train", "teacher", ...birds, ...small, ...given));
  expect(code).toBe(1);
  expect(output.replaceAll(/\s+/g, " ")).toMatch(
    /EACCES: permission denied, stat '.*': change its permissions or those of/,
  );
  expect(output).toContain(input === "weights" ? weights : birds[1]);
  expect(output).not.toMatch(/there is no|^\s+at /m);
});

it("an image that may not be read is told in a sentence", async () => {
  const birds = await drawBirds(join(folder, "one-closed"));
  const image = (await readdir(birds[1]!, { recursive: true })).find((name) => name.endsWith(".jpg"))!;
  await close(join(birds[1]!, image));
  const { code, output } = await asAnyone(() => run("train", "teacher", ...birds, ...small));
  expect(code).toBe(1);
  expect(output.replaceAll(/\s+/g, " ")).toMatch(/\.jpg: this cannot be read \(EACCES.*\)\. Change its permissions/);
  expect(output).not.toMatch(/^\s+at /m);
});

it("a model's folder that may not be entered is not taken for one without a checkpoint", async () => {
  const path = join(folder, "run");
  const begun = await RunDirectory.create(path, presets["demo"]!, {});
  await begun.write("teacher/last.safetensors", "a checkpoint");
  begun.release();
  await close(join(path, "teacher"));
  await expect(asAnyone(() => latestCheckpoint(begun, "teacher"))).rejects.toThrow(
    /^EACCES: permission denied, stat .*last/,
  );
});

it("a run that may not be read has not gone, and is no run that is yet to begin", async () => {
  const path = join(folder, "watched");
  const begun = await RunDirectory.create(path, presets["demo"]!, {});
  begun.release();
  const look = looksAt(path);
  expect((await look()).state).toBe("stopped");
  await close(path);
  const closed = { state: "unreadable", about: expect.stringMatching(/^EACCES: permission denied, .*its permissions/) };
  expect(await asAnyone(look)).toMatchObject(closed);
  expect(await asAnyone(() => snapshotOf(path))).toMatchObject(closed);
  const { code, output } = await asAnyone(() => run("watch", path, "--terminal"));
  expect(code).toBe(1);
  expect(output.replaceAll(/\s+/g, " ")).toMatch(/EACCES: permission denied, (stat|scandir) '.*watched/);
});

it.each(["live.jsonl", "pseudo-labels.csv", "run.lock"])(
  "a run whose %s cannot be read is not watched without it",
  async (name) => {
    const begun = await RunDirectory.create(join(folder, `with-${name}`), presets["demo"]!, {});
    begun.release();
    await symlink(name, begun.file(name));
    expect(await snapshotOf(begun.path)).toMatchObject({
      state: "unreadable",
      about: expect.stringMatching(/ELOOP: .*: this link leads back to itself/),
    });
  },
);

it("a model that the system does not let be looked at is not called missing", async () => {
  const weights = join(folder, "weights.pth");
  await symlink("weights.pth", weights);
  const { code, output } = await run("predict", weights, "image.jpg");
  expect(code).toBe(1);
  expect(output.replaceAll(/\s+/g, " ")).toMatch(/ELOOP: .*weights\.pth'?: this link leads back to itself/);
  expect(output).not.toMatch(/there is no|^\s+at /m);
});
