import { describe, expect, it } from "vitest";
import { runScript } from "./support/run-script.ts";

/** Dawn's Node bindings keep a process alive, or abort it at its end, where devices and instances are mishandled. */
describe("a process", () => {
  it.each([
    ["that closes its device", "closes.ts", "1 2 3 4\n"],
    ["that never closes it, after what is under way", "never-closes.ts", "read 16\n"],
    ["that opens several devices", "opens-twice.ts", "16\n16\n16\n"],
    ["that waits for what never comes", "waits-forever.ts", "end of the script\n"],
  ])("%s ends by itself with exit code 0", async (_what, script, stdout) => {
    expect(await runScript(script)).toMatchObject({ code: 0, signal: null, stdout });
  });

  it("that fails ends with exit code 1 and its own error", async () => {
    const end = await runScript("throws.ts");
    expect(end).toMatchObject({ code: 1, signal: null });
    expect(end.stderr).toContain("Error: a step failed");
  });

  it("that calls process.exit amid work ends with that code", async () => {
    expect(await runScript("exits.ts")).toMatchObject({ code: 7, signal: null });
  });

  it("sees the device's errors thrown, not printed", async () => {
    const end = await runScript("makes-faults.ts");
    expect(end).toMatchObject({ code: 0, stdout: "GpuValidationError\n" });
    expect(end.stderr).not.toContain("MapRead");
  });
});
