import { stat } from "node:fs/promises";
import { printable, verifyDatasets, type Finding } from "@fledge/data";
import { checkWritable, writeFileWhole } from "@fledge/files";
import { UsageError } from "../../config/resolve.ts";
import { bytesText } from "../amounts.ts";
import { log } from "../log.mjs";
import { Progress } from "../progress.ts";
import { textTable } from "../text-table.ts";

interface Flags {
  readonly labelled?: string[];
  readonly unlabelled?: string[];
  readonly extract?: string;
  readonly json?: string | true;
}

const columns = ["verdict", "data", "check", "expected", "found", "mend"] as const;

/** The width of a sha256. */
const widest = 64;

/** The findings as a table, each with its details below it. */
function table(findings: readonly Finding[]): string {
  const cells = findings.map((finding) => columns.map((column) => printable(finding[column])));
  const [header, ...rows] = textTable([columns, ...cells], widest);
  const details = findings.map((finding) => finding.details.map((detail) => `    ${printable(detail)}`));
  return [header, ...rows.flatMap((row, index) => [row, ...details[index]!])].join("\n");
}

/** Says that archives are read before any image is, which of published ones takes a while. */
async function tellArchives(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    // What cannot be looked at is among the findings.
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile())
      log.info(`${printable(path)}: hashing and unpacking ${bytesText(found.size)} before its images`);
  }
}

export async function verify(flags: Flags): Promise<void> {
  const { labelled, unlabelled, extract, json } = flags;
  if (!labelled && !unlabelled)
    throw new UsageError("there is nothing to verify: give --labelled, --unlabelled or both");
  if (typeof json === "string") await checkWritable(json);
  await tellArchives([...(labelled ?? []), ...(unlabelled ?? [])]);
  let progress: Progress | undefined;
  const findings = await verifyDatasets({
    labelled,
    unlabelled,
    extractTo: extract,
    onProgress: (role, done, total) => {
      if (done === 1) progress = new Progress(`checking the ${role} images`, total);
      progress!.reach(done);
    },
  }).finally(() => progress?.close());
  const record = JSON.stringify({ labelled, unlabelled, findings }, null, 2);
  console.log(json === true ? record : table(findings));
  if (typeof json === "string") await writeFileWhole(json, `${record}\n`);
  const count = (verdict: Finding["verdict"]): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  if (count("wrong") > 0)
    throw new UsageError(
      `${count("wrong")} of ${findings.length} checks are wrong; the table says what to do about each`,
    );
  log.success(`nothing is wrong: ${count("ok")} checks are as expected, ${count("note")} are worth a note`);
}
