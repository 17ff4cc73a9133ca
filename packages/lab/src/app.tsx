import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { pages } from "./pages/pages.ts";
import { Adapter } from "./ui/adapter.tsx";
import { Nowhere } from "./ui/nowhere.tsx";
import { Problem } from "./ui/problem.tsx";
import { useAnswer } from "./ui/use-answer.ts";

const partsOf = (hash: string): string[] => hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);

/** The parts of the address after `#/`. */
function useAddress(): readonly string[] {
  const [parts, setParts] = useState(() => partsOf(location.hash));
  useLayoutEffect(() => {
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
  const within = path.filter((part) => part !== "").join(" / ");
  const last = useRef({ page, within });

  // Before the page is painted: else a key that is pressed at once goes where the focus was.
  useLayoutEffect(() => {
    const before = last.current;
    last.current = { page, within };
    // A screen reader begins with what is new: another page, or the same one without the link that led on in it.
    const leftFocus = before.within !== within && document.activeElement === document.body;
    if (before.page !== page || leftFocus) main.current?.focus();
  }, [page, within]);

  useLayoutEffect(() => {
    const of = within === "" && page?.name !== "" ? page?.title : within;
    document.title = of ? `${of} - Fledge's kernel lab` : "Fledge's kernel lab";
  }, [page, within]);

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
          <Nowhere missing={`There is no page "${name}".`} link="All ladders" to="#/" />
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
