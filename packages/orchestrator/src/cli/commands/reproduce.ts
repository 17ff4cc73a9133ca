import type { Config } from "../../config/schema.ts";
import type { Scope } from "../../cost/work.ts";
import { modelsOf } from "../../methods/models-of.ts";
import { reproduce } from "../../methods/reproduce.ts";
import { writeReport } from "../../report/write-report.ts";
import { findTeachers, takeTeacher } from "../../run/taken-teacher.ts";
import { familyOf } from "../../stages/batches.ts";
import { log } from "../log.mjs";
import type { AdapterFlags, ConfigFlags, DryRunFlags, RunFlags, TuningFlags } from "../options.ts";
import { dryRun } from "../dry-run.ts";
import { duration } from "../duration.ts";
import { withSession, type Needs, type OpenSession } from "../open-session.ts";
import { printTables } from "../print-tables.ts";

interface TeacherFlags {
  readonly teacherFrom?: string;
}

type Flags = ConfigFlags & RunFlags & TuningFlags & AdapterFlags & DryRunFlags & TeacherFlags;

/** The models that are trained: all, or without teachers that another run has. */
const scopeOf =
  ({ teacherFrom }: TeacherFlags) =>
  (config: Config): Scope => ({
    records: true,
    models: modelsOf(config).filter((model) => teacherFrom === undefined || familyOf(model) === "students"),
  });

/** Runs all stages, writes the report and prints both tables; shared with `demo`. */
export async function runReproduction(flags: Flags): Promise<void> {
  if (flags.dryRun) return dryRun(flags, scopeOf(flags));
  const startedAt = performance.now();
  const { teacherFrom } = flags;
  const needs: Needs = {
    initialWeights: () => true,
    goesOn: "reproduce",
    scope: scopeOf(flags),
    ...(teacherFrom !== undefined && { look: (asked) => findTeachers(asked, teacherFrom) }),
  };
  const body = async ({ session, data }: OpenSession): Promise<void> => {
    if (teacherFrom !== undefined) {
      const taken = await takeTeacher(session.run, teacherFrom);
      if (taken.length > 0) log.info(`${taken.join(" and ")} taken from the run in ${teacherFrom}`);
    }
    await reproduce(session, data);
    await session.keepCost?.();
    const page = await writeReport(session.run, (problem) => log.warn(problem));
    await printTables(session.run, flags);
    log.success(`the report is ${page}; this command took ${duration((performance.now() - startedAt) / 1000)}`);
  };
  await withSession(flags, body, needs);
}
