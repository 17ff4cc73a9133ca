#!/usr/bin/env node
// The `fledge` command: loads the TypeScript sources through tsx, for Node 20 cannot run them itself.
import "tsx";

await import("../src/cli/main.ts");
