import type { Command } from "commander";
import { reproduce } from "../../methods/reproduce.ts";
import { writeReport } from "../../report/write-report.ts";
import { findTeachers, takeTeacher } from "../../run/taken-teacher.ts";
import { log } from "../log.ts";
import {
  withAdapter,
  withConfig,
  withRun,
  withTuning,
  type AdapterFlags,
  type ConfigFlags,
  type RunFlags,
  type TuningFlags,
} from "../options.ts";
import { withSession, type OpenSession } from "../open-session.ts";
import { printTables } from "../print-tables.ts";

interface TeacherFlags {
  readonly teacherFrom?: string;
}

type Flags = ConfigFlags & RunFlags & TuningFlags & AdapterFlags & TeacherFlags;

/** Runs all stages, writes the report and prints both tables; shared with `demo`. */
export async function runReproduction(flags: Flags): Promise<void> {
  const { teacherFrom } = flags;
  const run = async ({ session, data }: OpenSession): Promise<void> => {
    if (teacherFrom !== undefined) {
      const taken = await takeTeacher(session.run, teacherFrom);
      if (taken.length > 0) log.info(`${taken.join(" and ")} taken from the run in ${teacherFrom}`);
    }
    await reproduce(session, data);
    const page = await writeReport(session.run, (problem) => log.warn(problem));
    await printTables(session.run);
    log.success(`the report is ${page}`);
  };
  await withSession(flags, run, {
    initialWeights: () => true,
    ...(teacherFrom !== undefined && { look: (asked) => findTeachers(asked, teacherFrom) }),
  });
}

export function register(program: Command): void {
  const command = program
    .command("reproduce")
    .description("run the whole paper: teacher, pseudo-labels, student, noisy student, tables and figures");
  withAdapter(withTuning(withRun(withConfig(command))))
    .option("--teacher-from <dir>", "take the teacher of another run, trained by the same settings on the same images")
    .action(runReproduction);
}
