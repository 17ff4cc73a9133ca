// normalise images, rung 00: the dispatch floor
// Computes  nothing
// Layout    images u8[N,IH,IW,3], four bytes to a word; placement i32[N,3] = top, left, flip; out f32[N,OH,OW,3]
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup; nothing in registers
// Change    01 -> 00: the same bindings and workgroups, and an empty main
// Expect    what it costs to start these invocations; a rung can be faster only if it starts fewer
// Edges     any shape
// Needs     no optional feature, default limits
const WORKGROUP = 64u;

struct Params {
  N: u32,
  IH: u32,
  IW: u32,
  OH: u32,
  OW: u32,
  scaleR: f32,
  scaleG: f32,
  scaleB: f32,
  shiftR: f32,
  shiftG: f32,
  shiftB: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> images: array<u32>;
@group(0) @binding(2) var<storage, read> placement: array<i32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main() {}
