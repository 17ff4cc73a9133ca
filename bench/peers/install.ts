import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { librariesFolder } from "./peer-library.ts";

const stamp = join(librariesFolder, "node_modules", ".installed-from");

/**
 * Installs the peers' libraries where that was not done yet, or from another lockfile: `npm ci` without install
 * scripts, so that onnxruntime-node does not download CUDA. @throws if npm fails
 */
export function installPeers(): void {
  const lock = createHash("sha256")
    .update(readFileSync(join(librariesFolder, "package-lock.json")))
    .digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === lock) return;
  console.log("Installing the peers' libraries into bench/peers/libraries (about 600 MB), once");
  const { status } = spawnSync("npm", ["ci"], {
    cwd: librariesFolder,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0)
    throw new Error("npm ci failed in bench/peers/libraries; --peers pytorch needs none of its libraries");
  writeFileSync(stamp, lock);
}
