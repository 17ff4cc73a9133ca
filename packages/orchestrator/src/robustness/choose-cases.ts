import { UsageError } from "../config/resolve.ts";
import type { Case, Family } from "./family.ts";

/** A case to be measured. */
export interface Chosen {
  readonly family: Family;
  readonly one: Case;
}

/** `attacks` and `attacks/pgd10` are beginnings of `attacks/pgd10/4`, `attacks/pgd1` is none. */
const begins = (path: string, beginning: string): boolean => path === beginning || path.startsWith(`${beginning}/`);

function closest({ name, cases }: Family): string {
  const series = [...new Set(cases.map((one) => one.series))];
  return `${name} (${series.slice(0, 6).join(", ")}${series.length > 6 ? ", ..." : ""})`;
}

/**
 * The cases whose `family/case` begins with one of `only`, all where it is empty, and those that they begin from, in
 * the families' order.
 * @throws UsageError where one of `only` names nothing
 */
export function chooseCases(families: readonly Family[], only: readonly string[]): Chosen[] {
  const paths = families.flatMap(({ name, cases }) => cases.map((one) => `${name}/${one.name}`));
  for (const beginning of only) {
    if (paths.some((path) => begins(path, beginning))) continue;
    throw new UsageError(
      `--only ${beginning}: there is no such family or case; there is ${families.map(closest).join("; ")}`,
    );
  }
  return families.flatMap((family) => {
    const wanted = new Set<string>();
    for (const one of family.cases.toReversed()) {
      const asked = only.length === 0 || only.some((beginning) => begins(`${family.name}/${one.name}`, beginning));
      if (!asked && !wanted.has(one.name)) continue;
      wanted.add(one.name);
      if (one.after !== undefined) wanted.add(one.after);
    }
    return family.cases.filter(({ name }) => wanted.has(name)).map((one) => ({ family, one }));
  });
}
