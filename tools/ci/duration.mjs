/**
 * @param {number} seconds
 * @returns {string} such as `12 s` and `3 min 5 s`
 */
export function duration(seconds) {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
