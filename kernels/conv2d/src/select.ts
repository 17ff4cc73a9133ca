import type { DeviceTraits } from "@fledge/runtime";
import * as forward from "./forward/ladder.ts";
import * as gradInput from "./grad-input/ladder.ts";
import * as gradWeight from "./grad-weight/ladder.ts";
import type { Conv2dShape } from "./shape.ts";

interface Ladder {
  readonly naive: { readonly id: string };
  readonly registerBlocked: { readonly id: string };
  readonly laneBroadcast: { readonly id: string };
  readonly vec4Lanes?: { readonly id: string };
}

/**
 * On a CPU adapter sharing loads among the lanes is fastest, the widest loads first: `nx bench conv2d` shows it.
 * Elsewhere a workgroup of 8 lanes would leave most of a GPU's subgroup idle.
 */
function prefer({ naive, registerBlocked, laneBroadcast, vec4Lanes }: Ladder) {
  return (_shape: Conv2dShape, device: DeviceTraits): readonly string[] => {
    const onLanes = device.deviceClass === "software" ? [...(vec4Lanes ? [vec4Lanes] : []), laneBroadcast] : [];
    return [...onLanes, registerBlocked, naive].map(({ id }) => id);
  };
}

export const selectForward = prefer(forward);
export const selectGradInput = prefer(gradInput);
export const selectGradWeight = prefer(gradWeight);
