// sgd hold-average, rung 00: the dispatch floor
// Computes  nothing
// Layout    weight f32[], overflowed u32[], held f32[]
// Mapping   one invocation, which returns at once
// Traffic   none
// Resources no workgroup memory; 1 invocation a workgroup; nothing in registers
// Change    01 -> 00: the same bindings and workgroup, and an empty main
// Expect    the cost of a dispatch
// Edges     none
// Needs     no optional feature, default limits
@group(0) @binding(0) var<storage, read> weight: f32;
@group(0) @binding(1) var<storage, read> overflowed: u32;
@group(0) @binding(2) var<storage, read_write> held: f32;

@compute @workgroup_size(1)
fn main() {}
