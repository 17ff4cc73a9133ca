// sgd advance, rung 00: the dispatch floor
// Computes  nothing
// Layout    stepCount u32[]
// Mapping   one invocation, which returns at once
// Traffic   none
// Resources no workgroup memory; 1 invocation a workgroup; nothing in registers
// Change    01 -> 00: the same binding and workgroup, and an empty main
// Expect    the cost of a dispatch
// Edges     none
// Needs     no optional feature, default limits
@group(0) @binding(0) var<storage, read_write> stepCount: u32;

@compute @workgroup_size(1)
fn main() {}
