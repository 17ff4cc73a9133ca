import { pairFault } from "./check-pair.ts";
import { faultFinding, type Finding, type Role } from "./finding.ts";
import { verifyClasses } from "./verify-classes.ts";
import { verifySet } from "./verify-set.ts";

export interface VerifyRequest {
  /** CUB-200 (2010): its folder, or images.tgz and lists.tgz. */
  readonly labelled?: readonly string[] | undefined;
  /** CUB-200-2011: its folder, or CUB_200_2011.tgz. */
  readonly unlabelled?: readonly string[] | undefined;
  /** A folder that gets CUB_200_2010/ and CUB_200_2011/ from archives with the published hashes. */
  readonly extractTo?: string | undefined;
  /** Decoded images of the data set in work. */
  readonly onProgress?: ((role: Role, done: number, total: number) => void) | undefined;
}

/**
 * Checks data sets as published, or as drawn where a demo manifest.json lies beside them: archives' hashes, layout,
 * counts, classes of both years against each other, every image. Faults of the data are findings; it throws only what
 * the file system throws (a full disk, no permission).
 */
export async function verifyDatasets(request: VerifyRequest): Promise<Finding[]> {
  const { extractTo, onProgress } = request;
  const verify = async (role: Role): ReturnType<typeof verifySet> => {
    const paths = request[role] ?? [];
    if (paths.length === 0) return { findings: [] };
    return verifySet({ role, paths, extractTo, onProgress: (done, total) => onProgress?.(role, done, total) });
  };
  const labelled = await verify("labelled");
  const unlabelled = await verify("unlabelled");
  const [first, second] = [labelled.dataset, unlabelled.dataset];
  const findings = [...labelled.findings, ...unlabelled.findings];
  if (!first || !second) return findings;
  const fault = pairFault(
    { folder: request.labelled![0]!, dataset: first },
    { folder: request.unlabelled![0]!, dataset: second },
  );
  const pair = fault ? [faultFinding("both", "two data sets", fault)] : [];
  return [...findings, ...pair, ...verifyClasses(first.classes, second.classes)];
}
