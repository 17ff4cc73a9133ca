import { reproduce } from "../../methods/reproduce.ts";
import { writeReport } from "../../report/write-report.ts";
import { takeTeacher } from "../../run/taken-teacher.ts";
import { log } from "../log.ts";
import type { AdapterFlags, ConfigFlags, RunFlags, TuningFlags } from "../options.ts";
import { withSession } from "../open-session.ts";
import { printTables } from "../print-tables.ts";

interface TeacherFlags {
  readonly teacherFrom?: string;
}

type Flags = ConfigFlags & RunFlags & TuningFlags & AdapterFlags & TeacherFlags;

/** Runs all stages, writes the report and prints both tables; shared with `demo`. */
export async function runReproduction(flags: Flags): Promise<void> {
  await withSession(flags, async ({ session, data }) => {
    if (flags.teacherFrom !== undefined) {
      const taken = await takeTeacher(session.run, flags.teacherFrom);
      if (taken.length > 0) log.info(`${taken.join(" and ")} taken from the run in ${flags.teacherFrom}`);
    }
    await reproduce(session, data);
    const page = await writeReport(session.run, (problem) => log.warn(problem));
    await printTables(session.run);
    log.success(`the report is ${page}`);
  });
}
