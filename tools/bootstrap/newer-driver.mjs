import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { probeAdapter } from "./adapter.mjs";
import { sourceOf } from "./apt-sources.mjs";
import { manifestName, newerDriverFolder } from "./newer-folder.mjs";
import { newerVersion, packages } from "./newer-packages.mjs";
import { suitOlderGlibc } from "./older-glibc.mjs";
import { newerDriverAdvice, readOperatingSystem } from "./operating-system.mjs";
import { BootstrapError, run, workspaceRoot } from "./shell.mjs";
import { readAptSources } from "./software-driver.mjs";

/** @typedef {import("./operating-system.mjs").OperatingSystem} OperatingSystem */

const sumsName = "sha256.json";
/** bookworm's glibc is 2.36. */
const glibcMinor = 36;
const aptHelper = "/usr/lib/apt/apt-helper";

/** @param {string} file */
const sha256Of = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

/** Whether the packages are made for this machine. @param {OperatingSystem} system @param {string} [arch] */
export const suitsNewerDriver = ({ id, codename }, arch = process.arch) =>
  id === "debian" && codename === "bookworm" && arch === "x64";

/** Whether the folder holds every file as it was installed, of the packages that are pinned now. @param {string} folder */
export function isWhole(folder) {
  try {
    const { version, files } = JSON.parse(readFileSync(join(folder, sumsName), "utf8"));
    return (
      version === newerVersion && Object.entries(files).every(([name, sum]) => sha256Of(join(folder, name)) === sum)
    );
  } catch {
    return false;
  }
}

/** @typedef {(uri: string, file: string, sha256: string) => boolean} Download false where it is not there, or another file */

/** Through apt's own methods, with its proxies; it checks the hash too. @type {Download} */
const downloadByApt = (uri, file, sha256) => run([aptHelper, "download-file", uri, file, `SHA256:${sha256}`]);

/**
 * The packages' libraries, changed where need be, and the manifest, in a new folder.
 * @param {string} folder
 * @param {string} mirror
 * @param {Download} download
 */
function fill(folder, mirror, download) {
  const unpacked = join(folder, "unpacked");
  for (const { path, sha256, library, as } of packages) {
    const file = join(folder, "package.deb");
    const uri = `${mirror.replace(/\/$/, "")}/${path}`;
    if (!download(uri, file, sha256) || sha256Of(file) !== sha256) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      throw new BootstrapError(
        `The mirror does not give ${name} as it was when this version of Fledge was made: backports drop a package ` +
          "when a newer one appears. A later version of Fledge may name that one (tools/bootstrap/newer-packages.mjs).",
      );
    }
    if (spawnSync("dpkg-deb", ["-x", file, unpacked], { stdio: ["ignore", "inherit", "inherit"] }).status !== 0)
      throw new BootstrapError(`${path} could not be unpacked, see the message above.`);
    copyFileSync(join(unpacked, library), join(folder, as));
    rmSync(file);
    rmSync(unpacked, { recursive: true });
  }
  const [{ as: driver }] = /** @type {[import("./newer-packages.mjs").PinnedPackage]} */ (packages);
  const data = readFileSync(join(folder, driver));
  try {
    suitOlderGlibc(data, glibcMinor);
  } catch (error) {
    throw new BootstrapError(`${driver} cannot be made to load here: ${/** @type {Error} */ (error).message}.`);
  }
  writeFileSync(join(folder, driver), data);
  const manifest = { ICD: { api_version: "1.4.0", library_path: `./${driver}` }, file_format_version: "1.0.1" };
  writeFileSync(join(folder, manifestName), `${JSON.stringify(manifest, null, 2)}\n`);
  const files = Object.fromEntries(
    [...packages.map(({ as }) => as), manifestName].map((n) => [n, sha256Of(join(folder, n))]),
  );
  writeFileSync(join(folder, sumsName), `${JSON.stringify({ version: newerVersion, files }, null, 2)}\n`);
}

/** The environment in which the newer driver runs, whatever this process was told. @returns {NodeJS.ProcessEnv} */
function onNewerDriver() {
  const { VK_DRIVER_FILES: _files, VK_ICD_FILENAMES: _names, ...env } = process.env;
  return { ...env, FLEDGE_DRIVER: "newer" };
}

/**
 * Whether Dawn takes the newer driver, and golden cases of PyTorch and Pillow come out right on it.
 * @throws BootstrapError with what was wrong
 */
function checkInUse() {
  const { adapter, details } = probeAdapter(onNewerDriver());
  if (!adapter?.description.includes(newerVersion))
    throw new BootstrapError(`Dawn does not take it (it takes ${adapter?.description ?? "none"}).\n${details}`);
  console.log(`Checking ${adapter.description} by the golden cases (about a minute)`);
  const command = join(workspaceRoot, "packages", "orchestrator", "bin", "fledge.mjs");
  const args = [command, "conformance", join(workspaceRoot, "test", "conformance", "cases"), "--software", "require"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: onNewerDriver(),
    maxBuffer: 2 ** 28,
  });
  const lines = stdout.trim().split("\n");
  if (status !== 0) {
    const failed = lines.filter((line) => line.startsWith("failed")).join("\n");
    throw new BootstrapError(`It does not compute what it should:\n${failed || stderr}`);
  }
  console.log(lines.at(-1));
}

/**
 * Puts the newer driver into `folder` alone, whole or not at all. Deleting the folder undoes it.
 * @param {{ folder?: string, download?: Download, mirror?: string | null, check?: () => void }} [options] `check`: throws where it will not do
 * @throws BootstrapError with the reason where that cannot be
 */
export function installNewerDriver({
  folder = newerDriverFolder,
  download = downloadByApt,
  mirror = sourceOf(readAptSources(), "bookworm")?.uris.find((uri) => !uri.startsWith("cdrom:")) ?? null,
  check = checkInUse,
} = {}) {
  if (isWhole(folder)) return console.log(`The newer driver is there already: ${folder}`);
  if (mirror === null) throw new BootstrapError("apt's sources name no mirror of bookworm main.");
  if (download === downloadByApt && !existsSync(aptHelper)) throw new BootstrapError(`${aptHelper} is missing.`);
  console.log(`Installing Mesa ${newerVersion} for this checkout alone, in ${folder}`);
  const partial = `${folder}.partial`;
  try {
    rmSync(partial, { recursive: true, force: true });
    mkdirSync(partial, { recursive: true });
    fill(partial, mirror, download);
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
  try {
    check();
  } catch (error) {
    rmSync(folder, { recursive: true });
    throw error;
  }
}

/**
 * Installs the newer driver, or says why this machine keeps the one it has.
 * @param {string} adapter what runs without it, in words
 * @returns {boolean} whether it is there now
 * @throws BootstrapError where the packages are not made for this system
 */
export function installOrFallBack(adapter, system = readOperatingSystem()) {
  if (!suitsNewerDriver(system)) throw new BootstrapError(newerDriverAdvice(system, adapter));
  try {
    installNewerDriver();
    return true;
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    console.warn(`\nThe newer driver is not installed. ${error.message}\nFledge goes on with ${adapter}.`);
    return false;
  }
}
