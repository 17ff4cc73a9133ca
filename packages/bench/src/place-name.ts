const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");

interface Place {
  readonly name: string;
  readonly driver: string;
}

/**
 * `llvmpipe-llvm-15-0-6-256-bits-mesa-25-0-7`, for a file's name. Mesa's release counts, because what is fast on its
 * software drivers changes from one to the next; what a distribution adds to it and other drivers' versions do not.
 */
export function placeName({ name, driver }: Place): string {
  const [, release] = /\bMesa (\d+(?:\.\d+)*)/.exec(driver) ?? [];
  return slug(release === undefined ? name : `${name} mesa ${release}`);
}
