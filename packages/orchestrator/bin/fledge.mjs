#!/usr/bin/env node
// The `fledge` command: loads the TypeScript sources through tsx, for Node 20 cannot run them itself.
import { keepNoSourcesWhereNoneCanBe } from "./compiled-sources.mjs";
import { nameHomeWhereThereIsNone } from "./home.mjs";
import { openFilesLimit, openFilesProblem } from "./open-files.mjs";

const problem = openFilesProblem(openFilesLimit());
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}
nameHomeWhereThereIsNone();
keepNoSourcesWhereNoneCanBe();
// Imported late: with too few open files these fail in the middle, without a word on why.
await import("tsx");
await import("../src/cli/main.ts");
