/** The models that methods train; a later generation's noisy student bears its number. */
export const namedModels = /** @type {const} */ ([
  "teacher",
  "labelling-teacher",
  "student",
  "noisy-student",
  "supervised-noise",
  "fixmatch",
]);

/** @typedef {`noisy-student-${number}`} LaterStudent The noisy students from the second generation on. */
/** @typedef {(typeof namedModels)[number] | LaterStudent} ModelName */

/** Of a later generation's noisy student, with the generation. */
export const laterStudent = /^noisy-student-([2-9]|[1-9][0-9])$/;

/**
 * Whether a method may have trained a model of this name.
 * @param {string} name
 * @returns {name is ModelName}
 */
export const isModelName = (name) => namedModels.some((one) => one === name) || laterStudent.test(name);
