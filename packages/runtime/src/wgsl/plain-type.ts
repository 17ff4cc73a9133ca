const bytesOf: Readonly<Record<string, number>> = { u32: 4, i32: 4, f32: 4, f16: 2, u: 4, i: 4, f: 4, h: 2 };

/** What a type's name says of a scalar or a vector. */
export interface PlainType {
  /** Components of a vector; 1 of anything else. */
  readonly width: number;
  /** Bytes of a component; null where it is no number. */
  readonly scalarBytes: number | null;
}

/** @param name of a type, `vec4f` or `vec4` @param inner what stands in its angle brackets */
export function plainType(name: string, inner: string): PlainType {
  const vector = /^vec([234])([uifh]?)$/.exec(name);
  const scalar = vector ? vector[2]! || inner.trim() : name;
  return { width: vector ? Number(vector[1]) : 1, scalarBytes: bytesOf[scalar] ?? null };
}
