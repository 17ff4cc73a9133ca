import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { manifestName, newerDriverFolder } from "./newer-folder.mjs";
import { driverAdvice, readOperatingSystem } from "./operating-system.mjs";
import { BootstrapError, workspaceRoot } from "./shell.mjs";
import { installSoftwareDriver } from "./software-driver.mjs";

const probePath = fileURLToPath(new URL("./adapter-probe.mjs", import.meta.url));
const probeLimitMs = 120_000;

/**
 * @typedef {{ description: string, isSoftware: boolean }} Adapter
 * @typedef {{ adapter: Adapter | null, details: string }} Probe `details`: what Dawn and the driver said
 */

/**
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Probe}
 * @throws BootstrapError where the environment names a driver that is not there
 */
export function probeAdapter(env = process.env) {
  const child = spawnSync(process.execPath, [probePath], { encoding: "utf8", timeout: probeLimitMs, env });
  if (child.status === 2) throw new BootstrapError(child.stderr.trim());
  const details = [child.stderr.trim(), child.error?.message, child.signal && `ended by ${child.signal}`];
  return {
    adapter: child.status === 0 ? JSON.parse(child.stdout) : null,
    details: details.filter(Boolean).join("\n"),
  };
}

/**
 * @param {Adapter} adapter
 * @returns {string}
 */
export const describeAdapter = ({ description, isSoftware }) =>
  isSoftware ? `${description} (software, on the CPU)` : description;

/**
 * Where there is an adapter but for the newer driver, that is what is wrong, and nothing need be installed.
 * @throws BootstrapError
 */
function blameNewerDriver() {
  if (!existsSync(join(newerDriverFolder, manifestName))) return;
  const { adapter } = probeAdapter({ ...process.env, FLEDGE_DRIVER: "system" });
  if (adapter === null) return;
  throw new BootstrapError(
    `The driver in ${newerDriverFolder} does not load. Delete the folder to go on with ${describeAdapter(adapter)}; ` +
      "node tools/bootstrap.mjs --newer-driver then installs it anew.",
  );
}

/**
 * Finds an adapter that Dawn can use, installing Mesa's software driver where there is none.
 * Its description is also left in `.cache/adapter.txt`: cached test results hold for one adapter only.
 * @returns {string} the adapter's description
 */
export function findOrInstallAdapter() {
  let { adapter, details } = probeAdapter();
  if (adapter === null) {
    blameNewerDriver();
    const system = readOperatingSystem();
    console.log("No usable GPU adapter was found.");
    if (!installSoftwareDriver(system)) throw new BootstrapError(driverAdvice(system, details));
    ({ adapter, details } = probeAdapter());
    if (adapter === null) {
      throw new BootstrapError(
        "Mesa's software driver was installed, yet Dawn finds no adapter; this release's Mesa may be too old (22.3 is). " +
          `Use a newer release of the system, or a GPU with its vendor's driver. Dawn said:\n${details}`,
      );
    }
  }
  const description = describeAdapter(adapter);
  keepDescription(description, join(workspaceRoot, ".cache"));
  return description;
}

/**
 * Leaves the description in `adapter.txt`. A checkout that cannot be written to runs all the same.
 * @param {string} description
 * @param {string} folder
 */
export function keepDescription(description, folder) {
  const file = join(folder, "adapter.txt");
  const text = `${description}\n`;
  try {
    if (existsSync(file) && readFileSync(file, "utf8") === text) return;
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    console.warn(
      `${file} cannot be written (${/** @type {Error} */ (error).message}): run tests with --skip-nx-cache, lest results of another adapter are taken for this one's`,
    );
  }
}
