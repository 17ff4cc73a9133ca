import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { afterAll } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** Sources are bundled as if they still lay in their places, beside their `.wgsl` files. */
const inPlace: Plugin = {
  name: "in place",
  setup(bundler) {
    bundler.onLoad({ filter: /[\\/](packages|kernels|test)[\\/].*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, "utf8")
        .replaceAll("import.meta.url", JSON.stringify(pathToFileURL(path).href))
        .replaceAll("import.meta.dirname", JSON.stringify(dirname(path)))
        .replaceAll("import.meta.filename", JSON.stringify(path));
      return { contents, loader: "ts" };
    });
  },
};

/** Libraries that load native code or programs from beside their own files. */
const external = ["piscina", "sharp", "webgpu"];

/** Libraries of the older kind of module ask for Node's own with `require`. */
const banner = {
  js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
};

/**
 * A program of this folder as one file, removed after the last test: what is killed a thousand times need not read its
 * hundreds of sources a thousand times, which takes longer than a small run.
 * @param name such as `killed-at.ts`
 */
export async function bundled(name: string): Promise<string> {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const folder = mkdtempSync(join(root, ".cache", "faults-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, "program.mjs");
  const entryPoints = [join(import.meta.dirname, name)];
  const form = { bundle: true, platform: "node", format: "esm", external, banner } as const;
  await build({ ...form, entryPoints, outfile, plugins: [inPlace] });
  return outfile;
}
