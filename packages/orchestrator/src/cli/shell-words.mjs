/**
 * @param {string} text
 * @returns {string} one word for a POSIX shell, in quotes
 */
export const inQuotes = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * @param {string} text
 * @returns {string} the same, in quotes where it wants them
 */
export const shellWord = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : inQuotes(text));

/**
 * @param {readonly string[]} words
 * @returns {string} a command line as it is typed
 */
export const commandLineOf = (words) => words.map(shellWord).join(" ");
