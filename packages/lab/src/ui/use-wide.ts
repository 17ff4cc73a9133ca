import { useLayoutEffect, useState } from "preact/hooks";

/** Whether the window is at least so many pixels wide. */
export function useWide(pixels: number): boolean {
  const query = matchMedia(`(min-width: ${pixels}px)`);
  const [wide, setWide] = useState(query.matches);
  useLayoutEffect(() => {
    const follow = (): void => setWide(query.matches);
    query.addEventListener("change", follow);
    return () => query.removeEventListener("change", follow);
  }, [pixels]);
  return wide;
}
