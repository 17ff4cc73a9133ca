import type { Constants } from "@fledge/runtime";
import { useId } from "preact/hooks";

interface Props {
  readonly legend: string;
  readonly values: Constants;
  readonly set: (changed: Constants) => void;
}

/** Numbers by name, each to be changed. */
export function NumberFields({ legend, values, set }: Props) {
  const id = useId();
  if (Object.keys(values).length === 0) return null;
  return (
    <fieldset class="shape">
      <legend>{legend}</legend>
      {Object.entries(values).map(([name, value]) => (
        <label class="field" for={`${id}${name}`}>
          {name}
          <input
            id={`${id}${name}`}
            type="number"
            step="any"
            value={value}
            onChange={(event) => set({ [name]: event.currentTarget.valueAsNumber })}
          />
        </label>
      ))}
    </fieldset>
  );
}
