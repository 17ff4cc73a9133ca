/** The floors from the ground up: a project may use those below its own, never its own. See CONTRIBUTING.md. */
const storeys = ["ground", "base", "runtime", "kernel", "autograd", "model", "training", "evidence", "app"] as const;

/**
 * What runs, judges and times kernels stands on `runtime`, beside them; test and benchmark helpers stand on that, and so
 * does the browser's page, on all that a browser runs; tools stand above everything.
 */
const besideStoreys = ["kernel-lab", "harness", "page", "tool"] as const;

export type Floor = (typeof storeys)[number] | (typeof besideStoreys)[number];

/** Code that ships, or code that only tests and benchmarks run. */
export type Use = "src" | "test";

/** Projects that may use less than their floor lets them. */
const narrower: Readonly<Record<string, readonly Floor[]>> = {
  data: ["ground", "base", "runtime"],
  "drawn-birds": ["ground", "base"],
  "kernel-lab": ["runtime"],
};

/** The project whose code that ships may run, judge and time kernels: the tuner's user. */
const labUser = "orchestrator";

/**
 * Whether a project also runs in a browser, so that its code that ships may use no module of Node's own. `runtime` does
 * too, but for Node's door; the page's build finds what is left.
 */
const inBrowsers = ({ name, floor }: Placed): boolean =>
  ["kernel", "autograd", "kernel-lab", "page"].includes(floor) || ["random", "resnet"].includes(name);

/** What the browser's page may use. */
const belowPage = ["base", "runtime", "kernel", "autograd", "model", "training", "kernel-lab", "harness"] as const;

/** Harnesses that ship too, with the one project whose `src/` may import them. */
const ships: Readonly<Record<string, string>> = { "drawn-birds": "orchestrator" };

/** Libraries that few projects may use, so that the rest cannot come to depend on how these do their work. */
const users: Readonly<Record<string, readonly string[]>> = { webgpu: ["runtime"], sharp: ["data", "drawn-birds"] };

export interface Placed {
  /** The Nx project's name. */
  readonly name: string;
  readonly floor: Floor;
}

const isFloor = (name: string): name is Floor => [...storeys, ...besideStoreys].some((floor) => floor === name);

/**
 * The floor that a project's Nx tags give it.
 * @throws if there is no `floor:` tag, more than one, or one that does not exist
 */
export function floorOf(project: string, tags: readonly string[]): Floor {
  const names = tags.filter((tag) => tag.startsWith("floor:")).map((tag) => tag.slice("floor:".length));
  const [name] = names;
  if (name === undefined || names.length > 1 || !isFloor(name)) {
    const known = [...storeys, ...besideStoreys].map((floor) => `floor:${floor}`).join(", ");
    throw new Error(
      `project "${project}" has ${names.length === 1 ? `the tag floor:${name}` : `${names.length} floor tags`}; give it one of ${known}`,
    );
  }
  return name;
}

/** The floors that a project's code may use. */
function floorsBelow({ name, floor }: Placed, use: Use): readonly Floor[] {
  if (floor === "page") return belowPage;
  if (floor === "tool") return [...storeys, "kernel-lab", "harness"];
  const beside = floor === "kernel-lab" || floor === "harness";
  const below = narrower[name] ?? storeys.slice(0, storeys.indexOf(beside ? "kernel" : floor));
  if (use === "test") return [...below, "kernel-lab", "harness"];
  const usesLab = name === labUser || (floor === "harness" && !(name in narrower));
  return usesLab ? [...below, "kernel-lab"] : below;
}

/** Why one project may not depend on another, or null. */
export function climbs(from: Placed, to: Placed, use: Use): string | null {
  const allowed = floorsBelow(from, use);
  if (allowed.includes(to.floor) || ships[to.name] === from.name) return null;
  const who = `${from.name} (${from.floor}${use === "test" ? ", in its tests" : ""})`;
  return `${who} may use only the floors ${allowed.join(", ") || "(none)"}, and ${to.name} is on ${to.floor}`;
}

/** Why a project may not depend on a library, or null. */
export function reserved(project: string, library: string): string | null {
  const allowed = users[library];
  return allowed === undefined || allowed.includes(project)
    ? null
    : `only ${allowed.join(" and ")} may use ${library}; ${project} must go through them`;
}

/** Why a project's code may not import a module of Node's own, or null. */
export function nodeOnly(project: Placed, specifier: string, use: Use): string | null {
  if (!specifier.startsWith("node:")) return `write "node:${specifier}" for a module of Node's own`;
  return use === "src" && inBrowsers(project)
    ? `${project.name} also runs in a browser, which has no ${specifier}; leave it to the project that calls it`
    : null;
}
