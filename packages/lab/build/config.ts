import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { InlineConfig } from "vite";
import { chapters, listLadders, nothingOfNode, wgslBesideModules, workspace } from "./plugins.ts";

const codePlugins = () => [nothingOfNode(), wgslBesideModules()];

/** Where `npm run lab:build` writes the page. */
export const builtPage = join(workspace, "dist/lab");

function commit(): string | null {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty"], {
      cwd: workspace,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null; // Not in a git checkout.
  }
}

/** Vite's configuration, for the server and for the static files. */
export async function labConfig(): Promise<InlineConfig> {
  const projects = await listLadders();
  return {
    root: join(import.meta.dirname, ".."),
    configFile: false,
    // Relative addresses: the files work in whatever folder of a server they are put.
    base: "./",
    cacheDir: join(workspace, ".cache/lab-vite"),
    define: {
      FLEDGE_COMMIT: JSON.stringify(commit()),
      FLEDGE_LADDERS: JSON.stringify(projects),
    },
    plugins: [...codePlugins(), chapters(projects)],
    worker: { format: "es", plugins: codePlugins },
    // All that the page imports is in modules already; Vite would look for more in JSX as if it were React's.
    optimizeDeps: { noDiscovery: true },
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: { outDir: builtPage, emptyOutDir: true, target: "es2023", chunkSizeWarningLimit: 900 },
    server: { host: "127.0.0.1", fs: { allow: [workspace] } },
    preview: { host: "127.0.0.1" },
  };
}
