export interface WatchedRungs {
  readonly rungs: Readonly<Record<string, string>>;
  /** The kernels that a program has asked for so far, forced or not. */
  readonly asked: ReadonlySet<PropertyKey>;
}

/** Forced rungs by kernel that note for which kernels programs ask: forcing one of a kernel that no case runs forces nothing. */
export function watchRungs(forced: Readonly<Record<string, string>>): WatchedRungs {
  const asked = new Set<PropertyKey>();
  const get = (target: Readonly<Record<string, string>>, kernel: string): string | undefined => {
    asked.add(kernel);
    return target[kernel];
  };
  return { rungs: new Proxy(forced, { get }), asked };
}
