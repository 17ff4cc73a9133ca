import { printable, type BrokenImage, type Dataset, type ImagePlace, type Repeats } from "@fledge/data";
import { csvCell } from "../report/csv-cell.ts";

/** A data set that was searched, and the folder that was given for it. */
export interface SearchedSet {
  readonly folder: string;
  readonly dataset: Dataset;
}

/** An image by its data set's folder, as it was given, and its path below the data set's root. */
interface ImageRecord {
  readonly dataset: string;
  readonly path: string;
}

/** A pair as it is written down. */
export interface PairRecord {
  /** Which group both are in, from 1. */
  readonly group: number;
  readonly first: ImageRecord;
  readonly second: ImageRecord;
  readonly sameBytes: boolean;
  readonly mirrored: boolean;
  readonly score: number;
  readonly changed: number;
}

/** All that was found, as `--json` writes it. */
export interface OverlapRecord {
  readonly datasets: readonly {
    readonly folder: string;
    readonly layout: string;
    readonly images: number;
    readonly unreadable: readonly BrokenImage[];
  }[];
  readonly pairs: readonly PairRecord[];
  readonly groups: readonly (readonly ImageRecord[])[];
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4;

export function overlapRecord(sets: readonly SearchedSet[], { pairs, groups, unreadable }: Repeats): OverlapRecord {
  const imageOf = ({ set, index }: ImagePlace): ImageRecord => ({
    dataset: sets[set]!.folder,
    path: sets[set]!.dataset.samples[index]!.path,
  });
  const keyOf = ({ set, index }: ImagePlace): string => `${set} ${index}`;
  const groupOf = new Map(groups.flatMap((group, i) => group.map((image) => [keyOf(image), i + 1] as const)));
  return {
    datasets: sets.map(({ folder, dataset }, set) => ({
      folder,
      layout: dataset.name,
      images: dataset.samples.length,
      unreadable: [...(dataset.setAside ?? []), ...unreadable[set]!],
    })),
    pairs: pairs.map(({ first, second, sameBytes, mirrored, score, changed }) => ({
      group: groupOf.get(keyOf(first))!,
      first: imageOf(first),
      second: imageOf(second),
      sameBytes,
      mirrored,
      score: rounded(score),
      changed: rounded(changed),
    })),
    groups: groups.map((group) => group.map(imageOf)),
  };
}

const csvColumns = "group,dataset,path,other_dataset,other_path,same_bytes,mirrored,score,changed";

/** A row for every pair, in the order of the data sets' images. */
export function overlapCsv({ pairs }: OverlapRecord): string {
  const rows = pairs.map(({ group, first, second, sameBytes, mirrored, score, changed }) => {
    const names = [first.dataset, first.path, second.dataset, second.path].map(csvCell);
    return [group, ...names, Number(sameBytes), Number(mirrored), score, changed].join(",");
  });
  return `${[csvColumns, ...rows].join("\n")}\n`;
}

/** What was found, in a line for each data set and each two of them. */
export function overlapSummary({ datasets, pairs, groups }: OverlapRecord): string[] {
  const counted = (first: string, second: string) =>
    pairs.filter((pair) => pair.first.dataset === first && pair.second.dataset === second);
  const say = (found: readonly PairRecord[]): string => {
    const [same, mirrored] = [found.filter((p) => p.sameBytes).length, found.filter((p) => p.mirrored).length];
    return `${found.length} pairs, ${same} of the same bytes, ${mirrored} mirrored`;
  };
  const folders = datasets.map(({ folder }) => folder);
  return [
    ...folders.map((folder) => `within ${printable(folder)}: ${say(counted(folder, folder))}`),
    ...folders
      .slice(1)
      .map((other) => `between ${printable(folders[0]!)} and ${printable(other)}: ${say(counted(folders[0]!, other))}`),
    `${groups.length} groups of ${groups.reduce((sum, { length }) => sum + length, 0)} images`,
  ];
}
