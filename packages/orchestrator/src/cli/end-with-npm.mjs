/** How often the parent is looked at. */
const lookMs = 250;

/**
 * `npx fledge` and `npm run fledge` start a shell that starts this process, and npm gives TERM to that shell alone,
 * which dies of it and leaves this process to run on. A process that npm started and whose parent has died is therefore
 * given TERM too.
 */
export function endWithNpm() {
  if (process.env["npm_command"] === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) process.kill(process.pid, "SIGTERM");
  }, lookMs).unref();
}
