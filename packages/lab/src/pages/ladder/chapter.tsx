import { useLayoutEffect } from "preact/hooks";
import { Problem } from "../../ui/problem.tsx";
import { useAnswer } from "../../ui/use-answer.ts";
import type { ViewProps } from "./views.ts";

const readmes = import.meta.glob<string>("../../../../../kernels/*/README.md", {
  query: "?chapter",
  import: "default",
});

/** The README of the kernel's folder, `#/ladder/relu/chapter`, and a heading of it, `#/ladder/relu/chapter/the-rungs`. */
export default function Chapter({ ladder: { project, kernel }, path: [heading] }: ViewProps) {
  const { value: html, error } = useAnswer(() => readmes[`../../../../../kernels/${project}/README.md`]!(), [project]);
  const goThere = (): void => {
    const target = heading ? document.getElementById(`chapter-${heading}`) : null;
    target?.scrollIntoView();
    target?.focus({ preventScroll: true });
  };
  useLayoutEffect(goThere, [html, heading]);
  if (error !== undefined) return <Problem error={error} />;
  if (html === undefined) return <p role="status">Loading the chapter...</p>;
  const address = `#/ladder/${kernel}/chapter`;
  // The HTML is made from a file of this repository when the page is built.
  const here = html.replaceAll('href="#chapter/', `href="${address}/`);
  /** A link to where the address leads already changes nothing that an effect would follow. */
  const follow = ({ target }: MouseEvent): void => {
    if ((target as Element).closest("a")?.hash === location.hash) goThere();
  };
  return (
    <div onClick={follow}>
      <p class="quiet">
        The chapter tells of all kernels of {project}.{" "}
        <a href={`${address}/ladder-${kernel}`}>{kernel}'s own tree and figures</a>
      </p>
      <article class="prose" dangerouslySetInnerHTML={{ __html: here }} />
    </div>
  );
}
