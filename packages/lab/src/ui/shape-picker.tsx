import { useId } from "preact/hooks";
import type { CaseChoice, CaseView } from "../engine/engine.ts";
import type { Shape } from "../engine/ladders.ts";

const kinds = { layer: "Layers of the benchmark", test: "Shapes of the test" } as const;

interface Props {
  readonly cases: readonly CaseView[];
  readonly choice: CaseChoice;
  readonly choose: (choice: CaseChoice) => void;
}

/** One size, flag or name of a shape. */
function Field({
  name,
  value,
  set,
}: {
  readonly name: string;
  readonly value: unknown;
  readonly set: (value: unknown) => void;
}) {
  const id = useId();
  if (typeof value === "boolean")
    return (
      <label class="field flag" for={id}>
        <input id={id} type="checkbox" checked={value} onChange={(event) => set(event.currentTarget.checked)} />
        {name}
      </label>
    );
  if (typeof value === "number")
    return (
      <label class="field" for={id}>
        {name}
        <input
          id={id}
          type="number"
          step="any"
          value={value}
          onChange={(event) => set(event.currentTarget.valueAsNumber)}
        />
      </label>
    );
  return (
    <span class="field">
      {name} <output>{typeof value === "string" ? value : JSON.stringify(value)}</output>
    </span>
  );
}

/** A layer or test shape by name, and its sizes to change. */
export function ShapePicker({ cases, choice, choose }: Props) {
  const id = useId();
  const named = cases.find(({ key }) => key === choice.key)!;
  const shape: Shape = choice.shape ?? named.shape;
  return (
    <fieldset class="shape">
      <legend>Shape</legend>
      <label class="field wide" for={id}>
        Named
        <select id={id} value={choice.key} onChange={(event) => choose({ key: event.currentTarget.value })}>
          {(["layer", "test"] as const).map((kind) => (
            <optgroup label={kinds[kind]}>
              {cases
                .filter((one) => one.kind === kind)
                .map(({ key, name, sizeBytes }) => (
                  <option value={key} data-bytes={sizeBytes}>
                    {name}
                  </option>
                ))}
            </optgroup>
          ))}
        </select>
      </label>
      {Object.entries(shape).map(([name, value]) => (
        <Field
          key={name}
          name={name}
          value={value}
          set={(next) => choose({ key: choice.key, shape: { ...shape, [name]: next } })}
        />
      ))}
      {choice.shape ? (
        <button type="button" class="quiet" onClick={() => choose({ key: choice.key })}>
          Back to the named sizes
        </button>
      ) : null}
    </fieldset>
  );
}

/** A layer where the benchmark has one: what one would look at first. */
export const firstCase = (cases: readonly CaseView[]): CaseChoice => ({
  key: (cases.find(({ kind }) => kind === "layer") ?? cases[0]!).key,
});
