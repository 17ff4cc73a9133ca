// Real runs on disks that are full, of bytes or of names.
import { execFileSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { nodeFileSystem } from "@fledge/files";
import { run } from "@fledge/orchestrator/test/fledge.ts";
import { outcomeOf } from "@fledge/orchestrator/test/run-files.ts";
import { expect, it } from "vitest";
import { casesOf, figure, from, seed, seeded } from "./effort.ts";
import { expectSame, reproduceOn } from "./fledge-on.ts";
import { canMount, mount, unmount } from "./mounts.ts";
import { newFolder } from "./real-runs.ts";

/** A run of these settings takes 3 MiB and some forty files. */
const sizeOf = (random: () => number): string =>
  random() < 0.7 ? `size=${Math.round(100 + random() * 2900)}k` : `nr_inodes=${Math.round(3 + random() * 35)}`;

const mounts = canMount(() => mount("-t", "tmpfs", "-o", "size=1m", "none"));

it.runIf(mounts)("birds are drawn onto a full disk not at all, and the error names the folder", async () => {
  const place = mount("-t", "tmpfs", "-o", "size=300k", "none");
  const { code, output } = await run("dataset", "make-demo", join(place, "birds"));
  expect(code).toBe(1);
  expect(output.replaceAll(/\s+/g, " ")).toContain(`${place}/birds cannot be written (ENOSPC: `);
  expect(readdirSync(place)).toEqual([]);
});

it.runIf(mounts)(
  "the disk is full: the command ends with a sentence, again and again, and with room comes to the same bits",
  { timeout: 24 * 3_600_000 },
  async () => {
    const whole = newFolder();
    expect((await reproduceOn(nodeFileSystem, whole)).code).toBe(0);
    const sound = await outcomeOf(whole);
    const cases = casesOf(1, 40);
    let full = 0;
    for (let number = from; number < from + cases; number++) {
      const options = sizeOf(seeded(seed, number, 7));
      const place = mount("-t", "tmpfs", "-o", options, "none");
      const folder = join(place, "run");
      for (let attempt = 0; attempt < 2; attempt++) {
        const { code, output } = await reproduceOn(nodeFileSystem, folder);
        if (code === 0) break;
        expect(output.replaceAll(/\s+/g, " "), options).toMatch(/(cannot be written|a run's folder) \(ENOSPC: /);
        expect(output, options).not.toMatch(/^\s+at .*[:(]/m);
        full += 1;
      }
      execFileSync("mount", ["-o", "remount,size=100m,nr_inodes=1000", place]);
      await expectSame(folder, sound, options);
      unmount(place);
    }
    figure(
      `seed ${seed}, disks ${from} to ${from + cases}: ${full} commands ended on a full disk, and with room all runs came to the same bits`,
    );
  },
);
