// Holds the workspace's imports against its floors; `npm run floors`.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { flagsOf, runCommand } from "@fledge/bench/command-line";
import { sourceFiles } from "../source-files.ts";
import { checkFile, checkManifest } from "./check.ts";
import { importsOf } from "./imports.ts";
import { loadProjects, loadSharedDevDependencies } from "./workspace.ts";

const workspace = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

await runCommand("npm run floors: it takes no options", (args) => {
  flagsOf(args, {});
  const projects = loadProjects(workspace);
  const shared = loadSharedDevDependencies(workspace);

  let fileCount = 0;
  const problems = projects.flatMap((project) => {
    const files = sourceFiles(join(workspace, project.root));
    fileCount += files.length;
    const inFiles = files.flatMap((path) => {
      const imports = importsOf(path, readFileSync(join(workspace, project.root, path), "utf8"));
      return checkFile(project, { path, imports }, shared);
    });
    return [...checkManifest(project, projects), ...inFiles];
  });

  if (problems.length > 0) {
    console.error(problems.join("\n"));
    process.exitCode = 1;
  } else {
    console.log(`The imports of ${fileCount} files in ${projects.length} projects keep to the floors.`);
  }
});
