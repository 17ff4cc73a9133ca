// mix images, rung 00: the dispatch floor
// Computes  nothing
// Layout    images, others, out f32[N,H,W,C]; share f32[]; box i32[4]: top, left, bottom, right
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup; nothing in registers
// Change    01 -> 00: the same bindings and workgroups, and an empty main
// Expect    what it costs to start these invocations; a rung can be faster only if it starts fewer
// Edges     any sizes
// Needs     no optional feature, default limits
const WORKGROUP = 64u;

struct Params {
  count: u32,
  H: u32,
  W: u32,
  C: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> images: array<f32>;
@group(0) @binding(2) var<storage, read> others: array<f32>;
@group(0) @binding(3) var<storage, read> share: f32;
@group(0) @binding(4) var<storage, read> box: array<i32, 4>;
@group(0) @binding(5) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main() {}
