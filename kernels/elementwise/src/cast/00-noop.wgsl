// cast, rung 00: the dispatch floor
// Computes  nothing
// Layout    x, out flat [count]
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup; nothing in registers
// Change    01 -> 00: the same bindings and workgroups, and an empty main
// Expect    what it costs to start these invocations; a rung can be faster only if it starts fewer
// Edges     any count
// Needs     shader-f16, as one of the tensors is f16
const WORKGROUP = 64u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main() {}
