import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { rungFile, type Ladder, type Rung } from "@fledge/runtime";
import { sourceFiles } from "../source-files.ts";

/** A ladder of a kernel's project, and where it lies. */
export interface FoundLadder {
  /** The project's name: `conv2d`. */
  readonly project: string;
  /** Folder of `ladder.ts` and its `.wgsl` files. */
  readonly folder: string;
  readonly ladder: Ladder<never>;
  /** The names that `ladder.ts` exports, with what they stand for. */
  readonly exports: Readonly<Record<string, unknown>>;
}

/** `06`. */
export const numberOf = ({ id }: Pick<Rung<never>, "id">): string => rungFile(id).slice(0, 2);

/** All rungs, the dispatch floor first. */
export const allRungs = ({ noop, rungs }: Ladder<never>): readonly Rung<never>[] =>
  noop === undefined ? rungs : [noop, ...rungs];

/** The ladders of the project in `root`. @throws where a `ladder.ts` exports no `ladder` */
export async function laddersOf(root: string): Promise<FoundLadder[]> {
  const files = sourceFiles(root).filter((path) => /^src\/.*\bladder\.ts$/.test(path));
  return Promise.all(
    files.map(async (path) => {
      const file = join(root, path);
      const exports = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
      const { ladder } = exports as { ladder?: Ladder<never> };
      if (ladder === undefined) throw new Error(`${file} exports no \`ladder\`: write export { ladder }`);
      return { project: basename(root), folder: join(file, ".."), ladder, exports };
    }),
  );
}

/** Folders of the kernels' projects. */
export const kernelRoots = (workspace: string): string[] =>
  readdirSync(join(workspace, "kernels"))
    .sort()
    .map((name) => join(workspace, "kernels", name));
