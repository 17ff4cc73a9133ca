/** Computes a value at the first call and returns it ever after: for kernels that give several gradients at once. */
export function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
