const required = [20, 19];

/**
 * Why this Node cannot run Fledge, or null.
 * @param {string} version `process.versions.node`, such as `20.19.0`
 * @returns {string | null}
 */
export function nodeVersionProblem(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > required[0] || (major === required[0] && minor >= required[1])) return null;
  return (
    "Fledge needs Node " +
    required.join(".") +
    " or newer, and this is Node " +
    version +
    ".\n" +
    "Install a newer one from https://nodejs.org, or with a version manager: nvm install && nvm use"
  );
}
