export { FileError, isWriteFault } from "./file-error.ts";
export { fileSystem, nodeFileSystem, useFileSystem, type FileSystem } from "./file-system.ts";
export { FolderLock, folderHolder, FolderLockedError, lockName } from "./folder-lock.ts";
export { thisProcess } from "./process-identity.ts";
export { isThere, statIfThere } from "./is-there.ts";
export { temporaryFolder, withTemporaryFolder } from "./temporary-folder.ts";
export { isPartial, removePartials } from "./partial-files.ts";
export { whyNoFile } from "./why-no-file.ts";
export { checkWritable, makeFolder, writeFileWhole } from "./write-file-whole.ts";
