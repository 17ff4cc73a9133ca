// sgd advance, rung 00: the dispatch floor
// Computes  nothing
// Layout    stepCount u32[]
// Mapping   one invocation, which returns at once
// Traffic   none
// Expect    the cost of a dispatch
// Needs     no optional feature, default limits
@group(0) @binding(0) var<storage, read_write> stepCount: u32;

@compute @workgroup_size(1)
fn main() {}
