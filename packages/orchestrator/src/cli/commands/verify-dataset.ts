import { printable, verifyDatasets, type Finding } from "@fledge/data";
import { SingleBar } from "cli-progress";
import { checkWritable, writeFileWhole } from "@fledge/files";
import { UsageError } from "../../config/resolve.ts";
import { isLive, log } from "../log.mjs";
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

export async function verify(flags: Flags): Promise<void> {
  const { labelled, unlabelled, extract, json } = flags;
  if (!labelled && !unlabelled)
    throw new UsageError("there is nothing to verify: give --labelled, --unlabelled or both");
  if (typeof json === "string") await checkWritable(json);
  const bar = isLive()
    ? new SingleBar({
        format: "[{bar}] {value}/{total} {role} images, {eta} s left",
        hideCursor: true,
        gracefulExit: false,
      })
    : undefined;
  const findings = await verifyDatasets({
    labelled,
    unlabelled,
    extractTo: extract,
    onProgress: (role, done, total) => {
      if (done === 1) bar?.start(total, 0, { role });
      bar?.update(done);
      if (done === total) bar?.stop();
    },
  }).finally(() => bar?.stop());
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
