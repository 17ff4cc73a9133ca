import { findOrInstallAdapter } from "./adapter.mjs";
import { installDependencies } from "./dependencies.mjs";
import { BootstrapError } from "./shell.mjs";

/**
 * Runs the bootstrap and reports on the console.
 * @param {readonly string[]} args `--dependencies-only` leaves the adapter out, for checks that run no shader
 * @returns {number} the exit status
 */
export function bootstrap(args) {
  const unknown = args.filter((arg) => arg !== "--dependencies-only");
  if (unknown.length > 0) {
    console.error(`tools/bootstrap.mjs does not know ${unknown.join(" ")}; it takes only --dependencies-only`);
    return 1;
  }
  try {
    installDependencies();
    if (!args.includes("--dependencies-only")) console.log(`Adapter: ${findOrInstallAdapter()}`);
    return 0;
  } catch (error) {
    if (!(error instanceof BootstrapError)) throw error;
    console.error(`\n${error.message}`);
    return 1;
  }
}
