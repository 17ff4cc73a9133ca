/** The presets that there are; presets.ts says what each sets. */
export const presetNames = /** @type {const} */ (["paper-text", "paper-code", "clean", "demo"]);

/**
 * Other names that --preset takes, and the preset that each stands for.
 * @type {Readonly<Record<string, string>>}
 */
export const shortNames = { paper: "paper-text" };
