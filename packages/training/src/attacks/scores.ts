/** A row of logits. */
type Row = Float32Array;

export const rowOf = (logits: Float32Array, row: number, classes: number): Float32Array =>
  logits.subarray(row * classes, (row + 1) * classes);

/** The first of the largest. */
export function topClass(logits: Row): number {
  let top = 0;
  for (let c = 1; c < logits.length; c++) if (logits[c]! > logits[top]!) top = c;
  return top;
}

/** -log softmax(logits)[label]. */
export function crossEntropy(logits: Row, label: number): number {
  const largest = logits.reduce((most, value) => Math.max(most, value), -Infinity);
  const sum = logits.reduce((total, value) => total + Math.exp(value - largest), 0);
  return Math.log(sum) + largest - logits[label]!;
}

/** By how much the label leads the best other class; not above 0 where another class is taken, ties among them. */
export function margin(logits: Row, label: number): number {
  const others = logits.reduce((most, value, c) => (c === label ? most : Math.max(most, value)), -Infinity);
  return logits[label]! - others;
}

/** The classes other than the label, the likeliest first; of equal ones the lower. */
export const wrongClasses = (logits: Row, label: number): number[] =>
  Array.from(logits, (_, c) => c)
    .filter((c) => c !== label)
    .sort((a, b) => logits[b]! - logits[a]! || a - b);
