import { parseWgsl } from "@fledge/runtime";
import { useId } from "preact/hooks";

interface Props {
  readonly source: string;
  /** Constants that the host sets by the shape, whatever the module says. */
  readonly hostConstants: readonly string[];
  readonly set: (source: string) => void;
}

/** Powers of two around a value, and the value itself. */
function stepsAround(value: number): readonly number[] {
  const powers = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024].filter(
    (power) => power >= value / 16 && power <= value * 16,
  );
  return [...new Set([...powers, value])].sort((a, b) => a - b);
}

function Slider({
  name,
  value,
  set,
}: {
  readonly name: string;
  readonly value: number;
  readonly set: (value: number) => void;
}) {
  const id = useId();
  const steps = stepsAround(value);
  return (
    <label class="field slider" for={id}>
      <span>
        <code>{name}</code> = <output>{value}</output>
      </span>
      <input
        id={id}
        type="range"
        min={0}
        max={steps.length - 1}
        value={steps.indexOf(value)}
        aria-valuetext={String(value)}
        onInput={(event) => set(steps[event.currentTarget.valueAsNumber]!)}
      />
    </label>
  );
}

/** The module's numeric constants as sliders that write into its `const` block; the grid follows them. */
export function Sliders({ source, hostConstants, set }: Props) {
  let module;
  try {
    module = parseWgsl(source);
  } catch {
    return null; // The check says why it cannot be read.
  }
  const whole = Object.entries(module.constants).filter(([, value]) => Number.isInteger(value) && value > 0);
  if (whole.length === 0) return null;
  return (
    <fieldset class="shape">
      <legend>Constants</legend>
      {whole.map(([name, value]) =>
        hostConstants.includes(name) ? (
          <span class="field">
            <code>{name}</code> set by the shape
          </span>
        ) : (
          <Slider key={name} name={name} value={value} set={(next) => set(module.withConstants({ [name]: next }))} />
        ),
      )}
    </fieldset>
  );
}
