import type { StoredType } from "@fledge/safetensors";

/** A class of PyTorch's storages, `torch.FloatStorage` and its like. */
export class StorageType {
  readonly name: string;
  readonly bytesPerElement: number;
  /** Null where tensors of the type may stand in a file but are not read. */
  readonly stored: StoredType | null;
  constructor(name: string, bytesPerElement: number, stored: StoredType | null) {
    this.name = name;
    this.bytesPerElement = bytesPerElement;
    this.stored = stored;
  }
}

/** The types by the name that stands in a pickle. */
export const storageTypes: ReadonlyMap<string, StorageType> = new Map(
  [
    new StorageType("torch.DoubleStorage", 8, "F64"),
    new StorageType("torch.FloatStorage", 4, "F32"),
    new StorageType("torch.HalfStorage", 2, "F16"),
    new StorageType("torch.BFloat16Storage", 2, "BF16"),
    new StorageType("torch.LongStorage", 8, "I64"),
    new StorageType("torch.IntStorage", 4, "I32"),
    new StorageType("torch.ByteStorage", 1, "U8"),
    new StorageType("torch.ShortStorage", 2, null),
    new StorageType("torch.CharStorage", 1, null),
    new StorageType("torch.BoolStorage", 1, null),
  ].map((type) => [type.name, type]),
);

/** A block of elements that tensors view; its bytes lie elsewhere in the file, under its key. */
export class Storage {
  readonly key: string;
  readonly type: StorageType;
  readonly elements: number;
  constructor(key: string, type: StorageType, elements: number) {
    this.key = key;
    this.type = type;
    this.elements = elements;
  }

  get sizeBytes(): number {
    return this.elements * this.type.bytesPerElement;
  }
}
