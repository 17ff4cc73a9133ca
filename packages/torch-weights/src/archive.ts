import type { Content } from "./content.ts";
import { refuse } from "./error.ts";
import { Storages } from "./pickle/storages.ts";
import { unpickle } from "./pickle/unpickle.ts";
import { readStoredZip } from "./zip.ts";

/** The folder in the archive that holds everything, with its slash; torch names it as the file was named. */
function folderOf(names: readonly string[]): string {
  const found = names.filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (found.length !== 1) {
    const first = names[0] === undefined ? "it has no entries" : `its first is ${JSON.stringify(names[0])}`;
    return refuse(
      `a zip with ${found.length} entries <name>/data.pkl is no file of torch.save (${first}); ` +
        "unpack it, or give the file that torch.save wrote",
    );
  }
  return found[0]!.slice(0, -"data.pkl".length);
}

/**
 * Reads what torch.save writes since PyTorch 1.6: a zip with the pickle `<name>/data.pkl` and one entry
 * `<name>/data/<key>` per storage (torch/serialization.py, `_save`).
 * @throws TorchWeightsError
 */
export async function readArchive(bytes: Buffer): Promise<Content> {
  const entries = await readStoredZip(bytes);
  const folder = folderOf([...entries.keys()]);
  if (entries.has(`${folder}constants.pkl`))
    refuse("it is a TorchScript archive; load it with torch.jit.load and torch.save(model.state_dict())");
  const byteorder = entries.get(`${folder}byteorder`) ?? "little"; // Before PyTorch 2.0 there was none.
  if (Buffer.from(byteorder).toString() !== "little") refuse("its byteorder is not little; save it on such a machine");
  const pickle = entries.get(`${folder}data.pkl`)!;
  const storages = new Storages();
  const { value, end } = unpickle(pickle, 0, storages);
  if (end !== pickle.length) refuse(`${pickle.length - end} bytes follow the pickle in data.pkl`);
  for (const { key, sizeBytes } of storages.byKey.values()) {
    const length = entries.get(`${folder}data/${key}`)?.length;
    const name = JSON.stringify(key);
    if (length === undefined) refuse(`storage ${name} is missing`);
    if (length !== sizeBytes) refuse(`storage ${name} holds ${length} bytes, its tensors want ${sizeBytes}`);
  }
  return { saved: value, bytesOf: ({ key }) => entries.get(`${folder}data/${key}`)! };
}
