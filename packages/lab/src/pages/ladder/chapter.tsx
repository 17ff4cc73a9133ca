import { Problem } from "../../ui/problem.tsx";
import { useAnswer } from "../../ui/use-answer.ts";
import type { ViewProps } from "./views.ts";

const readmes = import.meta.glob<string>("../../../../../kernels/*/README.md", {
  query: "?chapter",
  import: "default",
});

/** A click on a link to a heading of the chapter goes there. */
function followHeading(event: MouseEvent): void {
  const id = (event.target as HTMLElement).closest<HTMLElement>("[data-heading]")?.dataset["heading"];
  const heading = id === undefined ? null : document.getElementById(id);
  heading?.scrollIntoView();
  heading?.focus();
}

/** The README of the kernel's folder. */
export default function Chapter({ ladder: { project } }: ViewProps) {
  const { value: html, error } = useAnswer(() => readmes[`../../../../../kernels/${project}/README.md`]!(), [project]);
  if (error !== undefined) return <Problem error={error} />;
  if (html === undefined) return <p role="status">Loading the chapter...</p>;
  // The HTML is made from a file of this repository when the page is built.
  return <article class="prose" onClick={followHeading} dangerouslySetInnerHTML={{ __html: html }} />;
}
