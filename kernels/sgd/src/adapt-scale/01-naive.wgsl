// sgd adapt-scale, rung 01: naive
// Computes  torch.amp.GradScaler.update: after a step that overflowed lossScale *= backoffFactor and growthTracker = 0;
//           after any other growthTracker += 1, and at growthInterval lossScale *= growthFactor and growthTracker = 0;
//           stepCount += 1 for a step that was taken; skipped = whether it was not; overflowed = 0 for the next
// Layout    lossScale f32[]; growthTracker, overflowed, skipped, stepCount u32[]
// Mapping   one invocation
// Traffic   40 B
// Resources no workgroup memory; 1 invocation a workgroup; the scale and the counters in registers
// Change    start: the scale is adapted on the device, so that a replayed step waits for no answer from the host
// Expect    the cost of a dispatch
// Edges     the scale does not grow beyond 2^126, where 1 / lossScale would no longer be a normal number
// Needs     no optional feature, default limits.  Defined by ../reference.ts
struct Params {
  growthFactor: f32,
  backoffFactor: f32,
  growthInterval: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> lossScale: f32;
@group(0) @binding(2) var<storage, read_write> growthTracker: u32;
@group(0) @binding(3) var<storage, read_write> overflowed: u32;
@group(0) @binding(4) var<storage, read_write> skipped: u32;
@group(0) @binding(5) var<storage, read_write> stepCount: u32;

const LARGEST = 0x1p126f;

@compute @workgroup_size(1)
fn main() {
  let skips = overflowed != 0u;
  if (skips) {
    lossScale *= params.backoffFactor;
    growthTracker = 0u;
  } else {
    stepCount += 1u;
    growthTracker += 1u;
    if (growthTracker == params.growthInterval) {
      lossScale = min(lossScale * params.growthFactor, max(lossScale, LARGEST));
      growthTracker = 0u;
    }
  }
  skipped = select(0u, 1u, skips);
  overflowed = 0u;
}
