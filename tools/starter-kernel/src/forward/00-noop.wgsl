// starter-kernel forward, rung 00: nothing, the dispatch floor
// Computes  nothing; out keeps its contents
// Layout    x, out flat f32[count]
// Mapping   as in rung 01; every invocation returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup
// Change    01 -> 00: the body is gone
// Expect    the time that a dispatch takes by itself
// Edges     any count
// Needs     no optional feature, default limits
const WORKGROUP = 64u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main() {
}
