import { nodeFileSystem, type FileSystem } from "@fledge/files";

/** What a call of the system may end with; a short write takes a part of what it is given, and that is no error. */
export const failures = ["ENOSPC", "EIO", "EROFS", "EACCES", "EMFILE", "short write"] as const;

export type Failure = (typeof failures)[number];

/** Counts the calls that write, sync, rename and make folders, and fails some of them. */
export class FailingCalls implements FileSystem {
  calls = 0;
  readonly #failure: Failure | undefined;
  readonly #fails: (call: number) => boolean;

  /** @param fails which calls, counted from 0, end with `failure` */
  constructor(failure?: Failure, fails: (call: number) => boolean = () => false) {
    this.#failure = failure;
    this.#fails = fails;
  }

  /** Counts a call. @returns whether it is to take a part of what it is given */
  #next(path: string): boolean {
    if (!this.#fails(this.calls++)) return false;
    if (this.#failure === "short write") return true;
    const code = this.#failure!;
    throw Object.assign(new Error(`${code}: as the test wants it, ${path}`), { code });
  }

  async makeFolder(path: string): Promise<void> {
    this.#next(path);
    await nodeFileSystem.makeFolder(path);
  }

  async create(path: string): ReturnType<FileSystem["create"]> {
    this.#next(path);
    const file = await nodeFileSystem.create(path);
    return {
      write: async (bytes, from) => {
        const short = this.#next(path);
        const most = Math.ceil((bytes.length - from) / 2);
        return file.write(short ? bytes.subarray(0, from + most) : bytes, from);
      },
      sync: async () => void this.#next(path),
      close: () => file.close(),
    };
  }

  async rename(from: string, to: string): Promise<void> {
    this.#next(to);
    await nodeFileSystem.rename(from, to);
  }

  async link(from: string, to: string): Promise<void> {
    this.#next(to);
    await nodeFileSystem.link(from, to);
  }

  async syncFolder(path: string): Promise<void> {
    this.#next(path);
    await Promise.resolve();
  }

  remove(path: string): Promise<void> {
    return nodeFileSystem.remove(path);
  }
}
