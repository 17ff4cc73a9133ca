#!/usr/bin/env node
// The `fledge` command. Its sources are TypeScript, which Node 20 cannot run itself: a command that acts loads them
// through tsx.
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
// Imported late: with too few open files this fails in the middle, without a word on why.
await import("../src/cli/main.mjs");
