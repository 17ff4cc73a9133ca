import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { pathToFileURL } from "node:url";
import type { Kernel } from "@fledge/runtime";
import type { Plugin } from "vite";
import type { ListedProject } from "../src/listed-ladders.ts";
import { chapterModule } from "./chapter.ts";

export const workspace = join(import.meta.dirname, "../../..");

const inWorkspace = (path: string): string => relative(workspace, path).split(sep).join("/");

/**
 * Lets `readWgsl(import.meta.url, ...)` and `ladderOf(name, import.meta.url)` find the `.wgsl` files beside their module
 * in a page: the module imports their text and hands it to the runtime's browser door before it asks. Its own address
 * becomes its place in the repository, since in a bundle `import.meta.url` is that of the bundle.
 */
export function wgslBesideModules(): Plugin {
  return {
    name: "fledge:wgsl-beside-modules",
    enforce: "pre",
    transform(code, id) {
      const [path = id] = id.split("?");
      if (!path.endsWith(".ts") || path.includes("/node_modules/") || !code.includes("import.meta.url")) return null;
      const files = readdirSync(dirname(path)).filter((name) => name.endsWith(".wgsl"));
      if (files.length === 0) return null;
      const url = JSON.stringify(`file:///${inWorkspace(path)}`);
      const provide = files.map((name, index) => `provideText(new URL("./${name}", ${url}), wgsl${index});`);
      const imports = files.map((name, index) => `import wgsl${index} from "./${name}?raw";`);
      // All before the module's first line, so that its lines keep their numbers.
      const head = [`import { provideText } from "@fledge/runtime/browser-door";`, ...imports, ...provide].join(" ");
      return { code: `${head} ${code.replaceAll("import.meta.url", url)}`, map: null };
    },
  };
}

/** Fails the build, naming the file, where code that a browser loads uses a module of Node's own. */
export function nothingOfNode(): Plugin {
  return {
    name: "fledge:nothing-of-node",
    enforce: "pre",
    resolveId(source, importer) {
      if (source.startsWith("node:"))
        this.error(
          `${importer === undefined ? "the page" : inWorkspace(importer)} imports ${source}, which no browser has`,
        );
      return null;
    },
  };
}

/** `README.md?chapter`: a kernel's README as HTML, its drawings as files of the page. */
export function chapters(projects: readonly ListedProject[]): Plugin {
  return {
    name: "fledge:chapters",
    enforce: "pre",
    load(id) {
      const [path = id, query] = id.split("?");
      if (query !== "chapter") return null;
      return chapterModule(inWorkspace(path), dirname(path), readFileSync(path, "utf8"), projects);
    },
  };
}

const isKernel = (value: unknown): value is Kernel<never> =>
  typeof value === "object" && value !== null && "rungs" in value && "select" in value;

/** The first paragraph, without a sentence that leads over to a list. */
function summaryOf(readme: string): string {
  const [, paragraph = ""] = /^# .*\n+([^\n#][^]*?)\n\n/.exec(readme) ?? [];
  const plain = paragraph.replaceAll("\n", " ").replaceAll(/\[([^\]]*)\]\([^)]*\)|`/g, "$1");
  return plain.replace(/(?<=\.) [^.]*:$/, "");
}

/** From one number an invocation to matrix products, then what training has besides; who is not named comes last. */
const order = ["elementwise", "pooling", "batchnorm", "softmax-cross-entropy", "linear", "conv2d", "sgd", "input"];
const place = (project: string): number => (order.includes(project) ? order.indexOf(project) : order.length);

/** Every kernel's project with its ladders, read from the kernels themselves. */
export async function listLadders(): Promise<ListedProject[]> {
  const root = join(workspace, "kernels");
  const projects = readdirSync(root).filter((name) => existsSync(join(root, name, "src/index.ts")));
  return Promise.all(
    projects
      .sort((a, b) => place(a) - place(b) || a.localeCompare(b))
      .map(async (project) => {
        const module = (await import(pathToFileURL(join(root, project, "src/index.ts")).href)) as object;
        const ladders = Object.values(module)
          .filter(isKernel)
          .map(({ name, rungs }) => ({ name, rungs: rungs.map(({ id, idea }) => ({ id, idea })) }));
        return { project, summary: summaryOf(readFileSync(join(root, project, "README.md"), "utf8")), ladders };
      }),
  );
}
