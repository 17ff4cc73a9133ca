// sgd advance, rung 01: naive
// Computes  stepCount += 1
// Layout    stepCount u32[]
// Mapping   one invocation
// Traffic   8 B
// Resources no workgroup memory; 1 invocation a workgroup; the counter in a register
// Change    start: one invocation counts on the device, so that a replayed step needs no write from the host
// Expect    the cost of a dispatch
// Edges     wraps to 0 after 2^32 steps
// Needs     no optional feature, default limits
@group(0) @binding(0) var<storage, read_write> stepCount: u32;

@compute @workgroup_size(1)
fn main() {
  stepCount += 1u;
}
