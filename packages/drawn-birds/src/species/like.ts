import type { Species } from "./species.ts";

type Changes<T> = { [K in keyof T]?: T[K] extends unknown[] | string | number ? T[K] : Changes<T[K]> };

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function merged(base: Record<string, unknown>, changes: Record<string, unknown>): Record<string, unknown> {
  const result = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const old = result[key];
    result[key] = isRecord(old) && isRecord(value) ? merged(old, value) : value;
  }
  return result;
}

/** A species told by how it differs from a relative. */
export function like(relative: Species, changes: Changes<Species> & { name: string }): Species {
  return merged({ ...relative }, changes) as unknown as Species;
}
