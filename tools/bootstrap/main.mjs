import { findOrInstallAdapter } from "./adapter.mjs";
import { installDependencies } from "./dependencies.mjs";
import { installOrFallBack } from "./newer-driver.mjs";
import { BootstrapError } from "./shell.mjs";

const options = ["--dependencies-only", "--newer-driver"];

const usage = `node tools/bootstrap.mjs [--dependencies-only | --newer-driver]
  makes a fresh clone runnable: installs the locked dependencies, names the adapter, and where there is none installs
  Mesa's software one, or says what to install; run again, it changes nothing

  --dependencies-only  leave the adapter alone
  --newer-driver       on Debian 12, put a newer software driver into .cache/newer-driver, for this checkout alone`;

/**
 * Runs the bootstrap and reports on the console.
 * @param {readonly string[]} args `--dependencies-only` leaves the adapter out, for checks that run no shader;
 *   `--newer-driver` installs a newer lavapipe for this checkout
 * @returns {number} the exit status
 */
export function bootstrap(args) {
  if (args.some((arg) => ["--help", "-h"].includes(arg))) {
    console.log(usage);
    return 0;
  }
  const unknown = args.filter((arg) => !options.includes(arg));
  if (unknown.length > 0) {
    console.error(`tools/bootstrap.mjs does not know ${unknown.join(" ")}; it takes only ${options.join(" or ")}`);
    return 1;
  }
  const [dependenciesOnly, newerDriver] = options.map((option) => args.includes(option));
  if (dependenciesOnly && newerDriver) {
    console.error("--dependencies-only leaves the adapter alone, --newer-driver does not: give one of them");
    return 1;
  }
  try {
    installDependencies();
    if (dependenciesOnly) return 0;
    const adapter = findOrInstallAdapter();
    console.log(`Adapter: ${newerDriver && installOrFallBack(adapter) ? findOrInstallAdapter() : adapter}`);
    return 0;
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    console.error(`\n${error.message}`);
    return 1;
  }
}
