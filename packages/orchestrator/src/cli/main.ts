import { endWithNpm } from "./end-with-npm.ts";
import { fledge } from "./fledge.ts";
import { outliveConsole } from "./lost-output.ts";

endWithNpm();
outliveConsole();
const code = await fledge(process.argv.slice(2));
// Dawn's bindings would keep the process alive: end it, once what was written is out.
process.stdout.write("", () => process.exit(code));
