import { statSync, type Stats } from "node:fs";

/**
 * What a path leads to, links followed; undefined where nothing is there.
 * @throws the system's error where it does not tell, as below a folder that may not be entered: `existsSync` takes that
 * for nothing, and what is there is then begun anew
 */
export const statIfThere = (path: string | Buffer): Stats | undefined => statSync(path, { throwIfNoEntry: false });

/** Whether a path leads to anything. @throws as `statIfThere` does */
export const isThere = (path: string | Buffer): boolean => statIfThere(path) !== undefined;
