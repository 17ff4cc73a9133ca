import { join } from "node:path";
import { DataError, encodeThumbnail } from "@fledge/data";

/** Pixels of a thumbnail's longer side. */
const side = 96;

/** An image of a data set as an address that holds it; null where it is not there or cannot be read. */
export type ThumbnailOf = (image: string) => Promise<string | null>;

/** @param root the folder that images lie below; null where it is not known */
export function thumbnailsOf(root: string | null): ThumbnailOf {
  const made = new Map<string, Promise<string | null>>();
  const make = async (image: string): Promise<string | null> => {
    if (root === null) return null;
    try {
      return `data:image/jpeg;base64,${(await encodeThumbnail(join(root, image), side)).toString("base64")}`;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (error instanceof DataError || code !== undefined) return null;
      throw error;
    }
  };
  return (image) => {
    const known = made.get(image) ?? make(image);
    made.set(image, known);
    return known;
  };
}
