// sgd adapt-scale, rung 00: the dispatch floor
// Computes  nothing
// Layout    lossScale f32[]; growthTracker, overflowed, skipped, stepCount u32[]
// Mapping   one invocation, which returns at once
// Traffic   none
// Resources no workgroup memory; 1 invocation a workgroup; nothing in registers
// Change    01 -> 00: the same bindings and workgroup, and an empty main
// Expect    the cost of a dispatch
// Edges     none
// Needs     no optional feature, default limits
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

@compute @workgroup_size(1)
fn main() {}
