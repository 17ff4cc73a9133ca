import { writeSync } from "node:fs";

/**
 * A console that cannot be written to (a closed pipe, a log file on a full disk) ends no command: what counts is in
 * files. It is said once, on the other of stdout and stderr, whose own failure nobody could read about.
 */
export function outliveConsole() {
  const streams = [
    { name: "stdout", stream: process.stdout, other: 2 },
    { name: "stderr", stream: process.stderr, other: 1 },
  ];
  for (const { name, stream, other } of streams) {
    let said = false;
    stream.on("error", (error) => {
      if (said) return;
      said = true;
      try {
        writeSync(other, `fledge: ${name} cannot be written (${error.message}); going on without it\n`);
      } catch {
        // Neither can: there is nobody to tell.
      }
    });
  }
}
