import type { UsedPackage } from "./used-packages.ts";

const head = `# Third-party notices

Written by \`npm run notices -- --write\` from \`package-lock.json\`, and held to it by \`npm run check\`.

Fledge is under the [MIT licence](LICENSE). It contains no code by others, and ships no driver, weights or photographs:

- \`packages/data/src/simd/pixels.wasm\` is compiled from Fledge's own AssemblyScript in \`packages/data/assembly\`, and the two are held together by a test.
- The golden cases in \`test/conformance\` are numbers that PyTorch, torchvision, Pillow and the programs named in each case computed from made-up inputs.
- What follows a paper or a program of others (RandAugment's three packages, ImageNet-C, AutoAttack, official Noisy Student) was written anew here; the source is named where it is followed.
- Mesa's software driver is installed from the system's own package mirror and stays a package of the system, or of a checkout's \`.cache\`.

## Packages

What the \`fledge\` command and the kernel lab's page run with: npm installs it from your registry, on each platform what fits it, and each package brings its licence's text in its folder of \`node_modules\`. The packages that only build, check and test Fledge are not listed. Those of sharp under LGPL-3.0 are libvips and what it stands on, linked dynamically and replaceable.

`;

const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |\n`;

/** The document, before it is formatted. */
export function noticesText(packages: readonly UsedPackage[]): string {
  const rows = packages.map(({ name, version, license }) => line([name, version, license]));
  return [head, line(["package", "version", "licence"]), line(["-", "-", "-"]), ...rows].join("");
}
