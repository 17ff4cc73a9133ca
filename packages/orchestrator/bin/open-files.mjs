/** Loading the sources takes about two hundred at once, drivers and loader threads the rest. */
const needed = 512;

/**
 * How many files this process may hold open at once, undefined where the system has no such limit.
 * @returns {number | undefined}
 */
export function openFilesLimit() {
  // Looking up the names of network interfaces takes seconds on some machines.
  Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = /** @type {{ userLimits?: { open_files: { soft: number | "unlimited" } } }} */ (
    process.report.getReport()
  );
  const limit = userLimits?.open_files.soft;
  return typeof limit === "number" ? limit : undefined;
}

/** What to do about too low a limit. */
export const raiseOpenFiles =
  'raise it with "ulimit -n 4096" in this shell, or for good in /etc/security/limits.conf or the service\'s LimitNOFILE';

/**
 * Why Fledge cannot work under this limit, or null.
 * @param {number | undefined} limit
 * @returns {string | null}
 */
export function openFilesProblem(limit) {
  if (limit === undefined || limit >= needed) return null;
  return `fledge: this process may hold only ${limit} files open at once, and needs ${needed}: ${raiseOpenFiles}`;
}
