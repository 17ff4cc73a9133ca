// Compiles the AssemblyScript beside this file to src/simd/pixels.wasm; the same source gives the same bytes everywhere.
//
//     npx tsx packages/data/assembly/build.ts
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";

/** Where the compiled module lies. */
export const modulePath = join(import.meta.dirname, "../src/simd/pixels.wasm");

/** The module's bytes. @throws Error with the compiler's messages */
export async function compile(): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  const messages = asc.createMemoryStream();
  // Addresses have 32 bits, and so have numbers: warning 201 is of code that is to run with 64 too. The memory is shared, so
  // that views of it stay when it grows; 4 GiB is as far as addresses go.
  const options =
    "--runtime stub -O3 --noAssert --zeroFilledMemory --enable simd,threads --disableWarning 201 " +
    "--importMemory --sharedMemory --maximumMemory 65536";
  const { error } = await asc.main(
    ["index.ts", "--baseDir", import.meta.dirname, "--outFile", "pixels.wasm", ...options.split(" ")],
    {
      stdout: messages,
      stderr: messages,
      writeFile: (name: string, contents: string | Uint8Array) => {
        if (name === "pixels.wasm") bytes = contents as Uint8Array;
      },
    },
  );
  if (error || bytes === undefined) throw new Error(`the AssemblyScript does not compile:\n${messages.toString()}`);
  return bytes;
}

if (process.argv[1] === import.meta.filename) writeFileSync(modulePath, await compile());
