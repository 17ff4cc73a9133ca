import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import envPaths from "env-paths";
import { writeFileWhole } from "@fledge/files";
import type { Candidates } from "@fledge/kernel-lab";
import { choiceText, shapeKey, type AdapterDescription } from "@fledge/runtime";
import { z } from "zod";
import { UsageError } from "../config/resolve.ts";

const entrySchema = z.object({
  kernel: z.string(),
  shape: z.unknown(),
  /** Of the candidates that were timed; with another version of any of them the entry no longer counts. */
  version: z.string(),
  rung: z.string(),
  /** Constants that are set over the rung's own; absent in files of earlier versions. */
  tile: z.record(z.string(), z.number()).exactOptional(),
  /** Microseconds of one run by `choiceText`, null for those given up at once. */
  timesUs: z.record(z.string(), z.number().nullable()),
  /** Why one was left out, by `choiceText`. */
  leftOut: z.record(z.string(), z.string()).default({}),
  /** Tiles for which there was no time. */
  untried: z.number().exactOptional(),
});
const fileSchema = z.object({ adapter: z.string(), driver: z.string(), kernels: z.array(entrySchema) });

export type CacheEntry = z.infer<typeof entrySchema>;

/** FLEDGE_CACHE, or the system's folder for such files: `~/.cache/fledge` on Linux, or in XDG_CACHE_HOME. */
const cacheFolder = (): string => process.env["FLEDGE_CACHE"] || envPaths("fledge", { suffix: "" }).cache;

function fileFor({ name, driver }: AdapterDescription): string {
  const hash = createHash("sha256").update(`${name}\n${driver}`).digest("hex").slice(0, 8);
  return join(cacheFolder(), "kernels", `${name.replaceAll(/[^\w]+/g, "-")}-${hash}.json`);
}

const keyOf = ({ kernel, shape }: Pick<CacheEntry, "kernel" | "shape">): string => `${kernel} ${shapeKey(shape)}`;

/** The fastest rungs found so far on one adapter and driver: a file of its own. */
export class TuningCache {
  readonly file: string;
  /** What is wrong with the file where it cannot be read; its kernels then count as never timed. */
  readonly damage: string | null;
  readonly #adapter: AdapterDescription;
  readonly #entries = new Map<string, CacheEntry>();

  static async open(adapter: AdapterDescription): Promise<TuningCache> {
    const file = fileFor(adapter);
    try {
      return new TuningCache(file, adapter, await entriesIn(file), null);
    } catch (error) {
      return new TuningCache(file, adapter, [], (error as Error).message);
    }
  }

  private constructor(
    file: string,
    adapter: AdapterDescription,
    entries: readonly CacheEntry[],
    damage: string | null,
  ) {
    this.file = file;
    this.#adapter = adapter;
    this.damage = damage;
    this.#take(entries);
  }

  #take(entries: readonly CacheEntry[]): void {
    for (const entry of entries) this.#entries.set(keyOf(entry), entry);
  }

  /** What was found for these very candidates. */
  get({ kernel, shape, plans, tiles, reference, version }: Candidates): CacheEntry | undefined {
    const entry = this.#entries.get(keyOf({ kernel, shape }));
    if (entry?.version !== version) return undefined;
    const known = [...plans, ...tiles, reference].map((plan) => choiceText(plan));
    return known.includes(choiceText(entry)) ? entry : undefined;
  }

  /** Adds an entry, and those that other processes have written meanwhile. @throws UsageError where it cannot be written */
  async add(entry: CacheEntry): Promise<void> {
    this.#take(await entriesIn(this.file).catch(() => []));
    this.#take([entry]);
    const { name, driver } = this.#adapter;
    const kernels = [...this.#entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
    try {
      await writeFileWhole(this.file, `${JSON.stringify({ adapter: name, driver, kernels }, null, 1)}\n`);
    } catch (error) {
      throw new UsageError(
        `${(error as Error).message}: name another folder with the environment variable FLEDGE_CACHE`,
      );
    }
  }
}

/** @throws where the file is there and is no cache */
async function entriesIn(file: string): Promise<CacheEntry[]> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  const parsed = fileSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data.kernels;
  throw new Error(z.prettifyError(parsed.error).replaceAll(/\s+/g, " "));
}
