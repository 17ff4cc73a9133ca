import { endWithNpm } from "./end-with-npm.mjs";
import { fledge } from "./fledge.mjs";
import { outliveConsole } from "./lost-output.mjs";

endWithNpm();
outliveConsole();
const code = await fledge(process.argv.slice(2), () => import(import.meta.resolve("tsx")));
// Dawn's bindings would keep the process alive: end it, once what was written is out.
process.stdout.write("", () => process.exit(code));
