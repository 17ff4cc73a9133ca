import { execFile } from "node:child_process";
import type { Server } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { preview } from "vite";

const workspace = join(import.meta.dirname, "../../..");

export interface BuiltPage {
  readonly url: string;
  /** The folder with the files. */
  readonly folder: string;
  readonly server: Server;
  readonly close: () => Promise<void>;
}

/** Builds the lab as `npm run lab:build` does, into a folder of its own, and serves the static files. */
export async function buildAndServe(): Promise<BuiltPage> {
  const folder = await mkdtemp(join(tmpdir(), "fledge-lab-"));
  const main = join(workspace, "packages/lab/build/main.ts");
  await promisify(execFile)(process.execPath, ["--import", "tsx", main, "build", "--out", folder], { cwd: workspace });
  const server = await preview({
    root: folder,
    configFile: false,
    logLevel: "silent",
    build: { outDir: folder },
    preview: { host: "127.0.0.1", port: 0 },
  });
  return {
    url: server.resolvedUrls!.local[0]!,
    folder,
    server: server.httpServer as Server,
    close: async () => {
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}
