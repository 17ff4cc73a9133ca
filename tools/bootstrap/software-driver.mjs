import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseLines, parseStanzas, sourceOf, sourcesFileFor } from "./apt-sources.mjs";
import { backportsSuite, ownMesaWillDo, usesApt } from "./operating-system.mjs";
import { aptGet, BootstrapError, rootPrefix, run } from "./shell.mjs";

/** @typedef {import("./operating-system.mjs").OperatingSystem} OperatingSystem */

const aptFolder = "/etc/apt";
const sourcesFolder = join(aptFolder, "sources.list.d");
const packages = ["mesa-vulkan-drivers", "libvulkan1"];

/** @returns {import("./apt-sources.mjs").AptSource[]} what apt itself reads: `sources.list` and `sources.list.d` */
export function readAptSources() {
  const inFolder = existsSync(sourcesFolder) ? readdirSync(sourcesFolder).map((name) => join(sourcesFolder, name)) : [];
  return [join(aptFolder, "sources.list"), ...inFolder].filter(existsSync).flatMap((path) => {
    if (path.endsWith(".sources")) return parseStanzas(readFileSync(path, "utf8"));
    return path.endsWith(".list") ? parseLines(readFileSync(path, "utf8")) : [];
  });
}

/**
 * Makes apt know the suite, in a sources file of its own.
 * @param {string[]} asRoot
 * @param {string} suite such as `bookworm-backports`
 * @returns {string | null} the file it wrote, null where the suite was known already
 */
function addSuite(asRoot, suite) {
  const sources = readAptSources();
  if (sourceOf(sources, suite) !== null) return null;
  const release = suite.replace(/-backports$/, "");
  const source = sourceOf(sources, release);
  if (source === null) {
    throw new BootstrapError(
      `No source for ${release} main was found in ${aptFolder}, so there is no mirror for ${suite}. Add one there.`,
    );
  }
  const file = sourcesFileFor(source, suite);
  const path = join(sourcesFolder, file.name);
  const folder = mkdtempSync(join(tmpdir(), "fledge-"));
  try {
    writeFileSync(join(folder, file.name), file.text);
    console.log(`Adding ${suite} to apt's sources in ${path}`);
    if (!run([...asRoot, "install", "-m", "644", join(folder, file.name), path])) {
      throw new BootstrapError(`${path} could not be written, see the message above.`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return path;
}

/**
 * Installs Mesa's Vulkan drivers, lavapipe among them, where that can be done without asking: apt and root.
 * @param {OperatingSystem} system
 * @returns {boolean} false where it cannot
 */
export function installSoftwareDriver(system) {
  const asRoot = usesApt(system) ? rootPrefix() : null;
  if (asRoot === null) return false;
  console.log("Installing Mesa's software driver (lavapipe).");
  const suite = backportsSuite(system);
  const written = suite === null ? null : addSuite(asRoot, suite);
  const apt = aptGet(asRoot);
  // A broken source of someone else's makes `update` fail too; whether it mattered, the install shows.
  run([...apt, "update"]);
  const fromSuite = suite === null ? [] : ["-t", suite];
  const install = [...apt, "install", "-y", "--no-install-recommends"];
  if (run([...install, ...fromSuite, ...packages])) return true;
  if (written !== null) run([...asRoot, "rm", "-f", written]);
  if (suite !== null && ownMesaWillDo(system)) {
    console.log(`${suite} did not give Mesa; the release's own is older, and will do.`);
    run([...apt, "update"]);
    if (run([...install, ...packages])) return true;
  }
  throw new BootstrapError(`apt-get could not install ${packages.join(" and ")}, see its messages above.`);
}
