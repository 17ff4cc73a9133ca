#!/usr/bin/env node
// Makes a fresh clone runnable with nothing but Node: checks Node, installs the locked dependencies, finds a GPU
// adapter or installs a software one. `npm test` and `npm run demo` begin with it; run again, it changes nothing.
import { nodeVersionProblem } from "./bootstrap/node-version.mjs";

const problem = nodeVersionProblem(process.versions.node);
if (problem !== null) {
  console.error(problem);
  process.exit(1);
}

// Imported late: an older Node must reach the message above before it meets newer syntax.
const { bootstrap } = await import("./bootstrap/main.mjs");
process.exit(bootstrap(process.argv.slice(2)));
