/** The parts of package-lock.json that are read. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>;
}

interface Locked {
  readonly version?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** A package by others that the program runs with, on one platform or on all. */
export interface UsedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX. */
  readonly license: string;
}

/** Licences that a package tells in its LICENSE file alone, and not in the key that npm reads. */
const toldElsewhere: Readonly<Record<string, string>> = { jstat: "MIT" };

const modules = "node_modules/";

/** Where npm put what a folder's package asks for by a name: the nearest `node_modules` at or above it. */
function placeOf({ packages }: Lockfile, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/")))) {
    const place = `${folder}${folder === "" ? "" : "/"}${modules}${name}`;
    if (place in packages) return place;
    if (folder === "") return undefined;
  }
}

/**
 * All packages by others that projects of the workspace need to run, through other projects too; those that only
 * build, check or test are not among them. By name, then version.
 * @throws Error where one names no licence
 */
export function usedPackages(lockfile: Lockfile, projects: readonly string[]): UsedPackage[] {
  const used = new Map<string, UsedPackage>();
  const met = new Set<string>();
  const visit = (place: string): void => {
    if (met.has(place)) return;
    met.add(place);
    const locked = lockfile.packages[place]!;
    if (locked.link) return visit(locked.resolved!);
    if (place.includes(modules)) {
      const name = place.slice(place.lastIndexOf(modules) + modules.length);
      const { version, license = toldElsewhere[name] } = locked;
      if (version === undefined || license === undefined)
        throw new Error(`package-lock.json: ${place} names no licence`);
      used.set(`${name} ${version}`, { name, version, license });
    }
    for (const name of Object.keys({ ...locked.dependencies, ...locked.optionalDependencies })) {
      const found = placeOf(lockfile, place, name);
      if (found !== undefined) visit(found); // npm leaves out what another platform's binary asks for.
    }
  };
  for (const project of projects) visit(project);
  return [...used.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}
