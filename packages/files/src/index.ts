export { FileError } from "./file-error.ts";
export { writeFileWhole } from "./write-file-whole.ts";
