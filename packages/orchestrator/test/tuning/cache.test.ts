import { mkdtemp, readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Candidates } from "@fledge/kernel-lab";
import type { AdapterDescription } from "@fledge/runtime";
import { beforeEach, expect, it } from "vitest";
import { UsageError } from "../../src/config/resolve.ts";
import { TuningCache, type CacheEntry } from "../../src/tuning/cache.ts";
import { temporaryFolder } from "../folder.ts";

const root = await temporaryFolder();
const adapter = { name: "fast-gpu-9000", driver: "driver 1" } as AdapterDescription;
const open = (driver = "driver 1"): Promise<TuningCache> => TuningCache.open({ ...adapter, driver });

/** What a tuner asks for: the rungs 02 and 01 of a kernel on `count` elements. */
const candidates = (count: number, version = "v1"): Candidates =>
  ({
    kernel: "add",
    shape: { count, deep: { b: 1, a: 2 } },
    version,
    plans: [{ rung: "add/02" }, { rung: "add/01" }],
    tiles: [{ rung: "add/02", tile: { BM: 64 } }],
    reference: { rung: "add/00" },
  }) as unknown as Candidates;
const entry = (count: number, rung = "add/01"): CacheEntry => ({
  kernel: "add",
  shape: { deep: { a: 2, b: 1 }, count },
  version: "v1",
  rung,
  timesUs: { "add/02": null, "add/01": 3.5 },
  leftOut: { "add/03": "it disagrees with add/00" },
});

beforeEach(async () => {
  process.env["FLEDGE_CACHE"] = await mkdtemp(join(root, "cache-"));
});

it("remembers a kernel and shape, whatever the order of the shape's names", async () => {
  const cache = await open();
  expect(cache.get(candidates(1))).toBeUndefined();
  await cache.add(entry(1));
  expect(cache.get(candidates(1))).toEqual(entry(1));
  expect((await open()).get(candidates(1))).toEqual(entry(1));
  expect((await open()).get(candidates(2))).toBeUndefined();
});

it("forgets it for other candidates and for a rung that is no candidate", async () => {
  const cache = await open();
  await cache.add(entry(1));
  await cache.add(entry(2, "add/gone"));
  expect(cache.get(candidates(1, "v2"))).toBeUndefined();
  expect(cache.get(candidates(2))).toBeUndefined();
});

it("remembers a rung with the constants of a tile, while that is a candidate", async () => {
  const cache = await open();
  await cache.add({ ...entry(1, "add/02"), tile: { BM: 64 } });
  await cache.add({ ...entry(2, "add/02"), tile: { BM: 32 } });
  const again = await open();
  expect(again.get(candidates(1))).toMatchObject({ rung: "add/02", tile: { BM: 64 } });
  expect(again.get(candidates(2))).toBeUndefined();
});

it("takes the reference rung too, which wins where no candidate agrees with it", async () => {
  const cache = await open();
  await cache.add({ ...entry(1, "add/00"), timesUs: {} });
  expect(cache.get(candidates(1))?.rung).toBe("add/00");
});

it("has a file for each adapter and driver", async () => {
  await (await open()).add(entry(1));
  const other = await open("driver 2");
  expect(other.get(candidates(1))).toBeUndefined();
  await other.add(entry(2));
  expect((await open()).get(candidates(2))).toBeUndefined();
  expect(await readdir(join(process.env["FLEDGE_CACHE"]!, "kernels"))).toHaveLength(2);
});

it("keeps what another process added meanwhile, and replaces what is timed again", async () => {
  const [one, other] = [await open(), await open()];
  await one.add(entry(1));
  await other.add(entry(2));
  await one.add(entry(1, "add/02"));
  const cache = await open();
  expect([cache.get(candidates(1))?.rung, cache.get(candidates(2))?.rung]).toEqual(["add/02", "add/01"]);
});

it.each(["{", "[]", '{"adapter":"a","driver":"d","kernels":[{"kernel":"add"}]}'])(
  "begins anew where the file holds %s, and says so",
  async (text) => {
    const first = await open();
    await first.add(entry(1));
    expect(first.damage).toBeNull();
    await writeFile(first.file, text);
    const damaged = await open();
    expect(damaged.damage).toMatch(/./);
    expect(damaged.get(candidates(1))).toBeUndefined();
    await damaged.add(entry(2));
    const mended = await open();
    expect([mended.damage, mended.get(candidates(2))?.rung]).toEqual([null, "add/01"]);
    expect(await readFile(mended.file, "utf8")).toContain('"fast-gpu-9000"');
  },
);

it("says how to give another folder where it cannot write", async () => {
  const file = join(root, "a file");
  await writeFile(file, "");
  process.env["FLEDGE_CACHE"] = file;
  const adding = (await open()).add(entry(1));
  await expect(adding).rejects.toBeInstanceOf(UsageError);
  await expect(adding).rejects.toThrow(/cannot be written .*FLEDGE_CACHE/);
});
