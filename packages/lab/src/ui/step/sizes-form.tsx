import { useId } from "preact/hooks";
import type { StepSizes } from "../../engine/step-sizes.ts";

/** Steps to begin with. */
const named = {
  "small: ResNet-18, 4 images of 32 px": { depth: 18, width: 8, imageSize: 32, batch: 4, classes: 10 },
  "the demo's: ResNet-50, 32 images of 64 px": { depth: 50, width: 8, imageSize: 64, batch: 32, classes: 200 },
} as const satisfies Readonly<Record<string, StepSizes>>;

export const firstSizes: StepSizes = Object.values(named)[0]!;

const depths: readonly StepSizes["depth"][] = [18, 34, 50, 101, 152];

const numbers = {
  width: "Width, channels of the first stage",
  imageSize: "Image size, pixels",
  batch: "Images",
  classes: "Classes",
} as const;

interface Props {
  readonly sizes: StepSizes;
  readonly choose: (sizes: StepSizes) => void;
}

/** The sizes of a step: one by name, or of one's own. */
export function SizesForm({ sizes, choose }: Props) {
  const id = useId();
  const same = (other: StepSizes): boolean => JSON.stringify(other) === JSON.stringify(sizes);
  return (
    <fieldset class="shape">
      <legend>The step</legend>
      <label class="field wide" for={`${id}-named`}>
        Named
        <select
          id={`${id}-named`}
          value={Object.entries(named).find(([, one]) => same(one))?.[0] ?? ""}
          onChange={({ currentTarget: { value } }) => {
            const found = Object.entries(named).find(([name]) => name === value);
            if (found) choose(found[1]);
          }}
        >
          {Object.keys(named).map((name) => (
            <option value={name}>{name}</option>
          ))}
          <option value="" disabled>
            sizes of your own
          </option>
        </select>
      </label>
      <label class="field" for={`${id}-depth`}>
        Depth
        <select
          id={`${id}-depth`}
          value={sizes.depth}
          onChange={(event) => choose({ ...sizes, depth: Number(event.currentTarget.value) as StepSizes["depth"] })}
        >
          {depths.map((depth) => (
            <option value={depth}>ResNet-{depth}</option>
          ))}
        </select>
      </label>
      {(Object.keys(numbers) as (keyof typeof numbers)[]).map((name) => (
        <label class="field" for={`${id}-${name}`}>
          {numbers[name]}
          <input
            id={`${id}-${name}`}
            type="number"
            step="1"
            value={sizes[name]}
            onChange={(event) => choose({ ...sizes, [name]: event.currentTarget.valueAsNumber })}
          />
        </label>
      ))}
    </fieldset>
  );
}
