import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeGrid, type Dataset } from "@fledge/data";
import { random } from "@fledge/random";
import { afterAll } from "vitest";

/** Images of seeded noise on disk, `side` pixels square, their labels in turn; removed after a test file's last test. */
export async function noiseImages(name: string, count: number, classes: number, side = 32): Promise<Dataset> {
  const root = await mkdtemp(join(tmpdir(), "fledge-noise-"));
  afterAll(() => rm(root, { recursive: true, force: true }));
  const samples = Array.from({ length: count }, (_, index) => ({
    path: `${index}.png`,
    label: index % classes,
    id: `${index}`,
  }));
  for (const [index, { path }] of samples.entries()) {
    const draw = random(7, `${name} ${index}`);
    const data = Uint8Array.from({ length: side * side * 3 }, () => draw.integer(0, 256));
    await writeFile(join(root, path), await encodeGrid([{ width: side, height: side, data }], { columns: 1, gap: 0 }));
  }
  return { name, root, classes: Array.from({ length: classes }, (_, label) => `${label}`), samples };
}
