import { ask } from "../engine/client.ts";
import { projects } from "../listed-ladders.ts";
import { Nowhere } from "../ui/nowhere.tsx";
import { Problem } from "../ui/problem.tsx";
import { useAnswer } from "../ui/use-answer.ts";
import { views } from "./ladder/views.ts";
import type { PageProps } from "./pages.ts";

interface Props {
  readonly project: string;
  readonly name: string;
  readonly viewName: string;
  readonly path: readonly string[];
}

function Ladder({ project, name, viewName, path }: Props) {
  const { value: ladder, error } = useAnswer(() => ask((engine) => engine.ladder({ project, kernel: name })), [name]);
  const view = views.find((one) => one.name === viewName);
  const { value: shown, error: notShown } = useAnswer(async () => {
    if (!view) throw new Error(`A ladder has no view "${viewName}".`);
    return { View: (await view.load()).default };
  }, [view]);
  return (
    <>
      <p class="quiet path">
        <a href="#/">Ladders</a> / {project}
      </p>
      <h1>{name}</h1>
      <nav class="views" aria-label="Views of the ladder">
        {views.map((one) => (
          <a href={`#/ladder/${name}/${one.name}`} aria-current={one === view ? "page" : undefined}>
            {one.title}
          </a>
        ))}
      </nav>
      {error !== undefined || notShown !== undefined ? (
        <Problem error={error ?? notShown} />
      ) : ladder && shown ? (
        <shown.View ladder={ladder} path={path} />
      ) : (
        <p role="status">Loading the ladder...</p>
      )}
    </>
  );
}

/** One ladder in its views, `#/ladder/conv2d-forward/measure`. */
export default function LadderPage({ path: [name = "", viewName = "study", ...path] }: PageProps) {
  const project = projects.find(({ ladders }) => ladders.some((ladder) => ladder.name === name))?.project;
  if (project === undefined) return <Nowhere missing={`There is no ladder "${name}".`} link="All ladders" to="#/" />;
  return <Ladder key={name} project={project} name={name} viewName={viewName} path={path} />;
}
