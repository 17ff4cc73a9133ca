import { ask } from "../engine/client.ts";
import { useAnswer } from "./use-answer.ts";

/** What the kernels run on here, in the page's head. */
export function Adapter() {
  const { value, error } = useAnswer(() => ask((engine) => engine.adapter()), []);
  if (error !== undefined)
    return (
      <details class="adapter missing">
        <summary>No WebGPU adapter</summary>
        <p>{(error as Error).message}</p>
        <p>The ladders can be read without one.</p>
      </details>
    );
  if (!value) return <span class="adapter">Looking for a GPU...</span>;
  const timestamps = value.features.includes("timestamp-query");
  return (
    <details class="adapter">
      <summary>
        <span data-testid="adapter">{value.name}</span>
        {value.software ? " (software)" : ""}
      </summary>
      <dl>
        <dt>Driver</dt>
        <dd>{value.driver || "not told by the browser"}</dd>
        <dt>Counts as</dt>
        <dd>{value.deviceClass}</dd>
        <dt>Subgroup</dt>
        <dd>{value.subgroupSize === 1 ? "none, or of varying size" : `${value.subgroupSize} lanes`}</dd>
        <dt>Clock</dt>
        <dd>{timestamps ? "GPU timestamps" : "the wall's: this adapter has no timestamps"}</dd>
        <dt>Features</dt>
        <dd>{value.features.join(", ") || "none"}</dd>
      </dl>
    </details>
  );
}
