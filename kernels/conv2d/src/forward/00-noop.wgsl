// conv2d forward, rung 00: nothing, the cost of a dispatch
// Computes  nothing: every invocation returns at once
// Layout    x [N,IH,IW,IC], weight [KH,KW,IC,OC], out [N,OH,OW,OC]; f32, dense
// Mapping   the workgroups of rung 01
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup; no sums in registers
// Change    01 -> 00: the body of main is gone; bindings and workgroups are the same
// Expect    what it costs to submit, set out and finish rung 01's workgroups; rungs with fewer workgroups may pay less
// Edges     any shape
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main() {
}
