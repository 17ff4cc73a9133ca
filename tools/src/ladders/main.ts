// `npm run ladders` writes trees, tables and charts of the kernels' READMEs from ladders and kept results;
// `npm run headers` checks that they are written, every rung's header, and that READMEs explain large steps.
import { join, relative } from "node:path";
import { flagsOf, runCommand } from "@fledge/bench/command-line";
import { workspaceRoot } from "../../bootstrap/shell.mjs";
import { checkProject } from "./check-ladder.ts";
import { kernelRoots } from "./find-ladders.ts";
import { writePages } from "./pages.ts";

const usage = `npm run ladders, npm run headers
  --check   write nothing: check that all is written as it should be`;

await runCommand(usage, async (args) => {
  const { check } = flagsOf(args, { check: { type: "boolean" } });
  const roots = [...kernelRoots(workspaceRoot), join(workspaceRoot, "tools", "starter-kernel")];
  if (!check) {
    const written = (await Promise.all(roots.map(writePages))).flat();
    console.log(written.length === 0 ? "All pages are up to date" : "Written:");
    for (const path of written) console.log(`  ${relative(workspaceRoot, path)}`);
    return;
  }
  const problems = (await Promise.all(roots.map((root) => checkProject(workspaceRoot, root)))).flat();
  for (const problem of problems) console.error(problem);
  console.log(
    problems.length === 0 ? "Headers and pages of all ladders are as they should be" : `${problems.length} problems`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
});
