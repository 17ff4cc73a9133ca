import { rungFile } from "@fledge/runtime";
import { ask, nameOf } from "../../engine/client.ts";
import type { CaseView, LadderView } from "../../engine/engine.ts";
import { Problem } from "../../ui/problem.tsx";
import { useAnswer } from "../../ui/use-answer.ts";

interface Props {
  readonly ladder: LadderView;
  readonly rung: string;
  readonly layer: CaseView;
}

/** What a module is given in the rung's place: entry points and their grids, parameters, scratch buffers. */
export function Host({ ladder, rung, layer }: Props) {
  const { value: host, error } = useAnswer(
    () => ask((engine) => engine.describeHost(nameOf(ladder), rung, { key: layer.key })),
    [rung, layer.key],
  );
  if (error !== undefined) return <Problem error={error} />;
  return (
    <details>
      <summary>What your module is given</summary>
      <p class="quiet">
        Your module runs in the place of {rungFile(rung)}. On {layer.name}, with that rung's constants; the grid follows
        those of yours:
      </p>
      <dl class="header">
        {host?.passes.map(({ entryPoint, workgroups }) => (
          <>
            <dt>
              <code>{entryPoint}</code>
            </dt>
            <dd>{workgroups.join(" x ")} workgroups</dd>
          </>
        ))}
        <dt>Params</dt>
        <dd>
          {Object.entries(host?.params ?? {})
            .map(([name, value]) => `${name} = ${value}`)
            .join(", ") || "none"}
        </dd>
        <dt>Scratch</dt>
        <dd>{host?.scratch.map(({ name, spec }) => `${name}: ${spec}`).join(", ") || "none"}</dd>
      </dl>
    </details>
  );
}
