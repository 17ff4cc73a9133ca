import { useEffect, useRef, useState } from "preact/hooks";
import { pages } from "./pages/pages.ts";
import { Adapter } from "./ui/adapter.tsx";
import { Problem } from "./ui/problem.tsx";
import { useAnswer } from "./ui/use-answer.ts";

const partsOf = (hash: string): string[] => hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);

/** The parts of the address after `#/`. */
function useAddress(): readonly string[] {
  const [parts, setParts] = useState(() => partsOf(location.hash));
  useEffect(() => {
    const follow = (): void => setParts(partsOf(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return parts;
}

export function App() {
  const [name = "", ...path] = useAddress();
  const page = pages.find((one) => one.name === name);
  const { value: shown, error } = useAnswer(async () => page && { Page: (await page.load()).default }, [page]);
  const main = useRef<HTMLElement>(null);
  const isFirst = useRef(true);

  useEffect(() => {
    if (!isFirst.current) main.current?.focus(); // A screen reader begins with the new page.
    isFirst.current = false;
  }, [page]);

  useEffect(() => {
    const of = path[0] ?? (page === undefined || page.name === "" ? "" : page.title);
    document.title = of === "" ? "Fledge's kernel lab" : `${of} - Fledge's kernel lab`;
  }, [page, path[0]]);

  return (
    <>
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), main.current?.focus())}>
        Skip to the content
      </a>
      <header class="top">
        <a class="brand" href="#/">
          Kernel lab
        </a>
        <nav aria-label="Pages">
          {pages
            .filter(({ inMenu }) => inMenu)
            .map((one) => (
              <a href={`#/${one.name}`} aria-current={one === page ? "page" : undefined}>
                {one.title}
              </a>
            ))}
        </nav>
        <Adapter />
      </header>
      <main id="main" tabIndex={-1} ref={main}>
        {page === undefined ? (
          <Problem error={new Error(`There is no page "${name}"; begin with the ladders.`)} />
        ) : error !== undefined ? (
          <Problem error={error} />
        ) : shown === undefined ? (
          <p role="status">Loading...</p>
        ) : (
          <shown.Page path={path} />
        )}
      </main>
    </>
  );
}
