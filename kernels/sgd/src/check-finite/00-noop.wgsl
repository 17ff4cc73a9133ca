// sgd check-finite, rung 00: the dispatch floor
// Computes  nothing
// Layout    gradient flat f32[count]; overflowed u32[]
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup; nothing in registers
// Change    01 -> 00: the same bindings and workgroups, and an empty main
// Expect    what it costs to start these invocations; a rung can be faster only if it starts fewer
// Edges     any count
// Needs     no optional feature, default limits
const WORKGROUP = 64u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> overflowed: atomic<u32>;

@compute @workgroup_size(WORKGROUP)
fn main() {}
