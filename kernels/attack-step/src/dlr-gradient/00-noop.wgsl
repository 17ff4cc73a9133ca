// dlr-gradient, rung 00: the dispatch floor
// Computes  nothing
// Layout    logits, dLogits f32[N,C]; labels, targets i32[N]
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup; nothing in registers
// Change    01 -> 00: the same bindings and workgroups, and an empty main
// Expect    what it costs to start these invocations
// Edges     any shape
// Needs     no optional feature, default limits
const WORKGROUP = 64u;

struct Params {
  N: u32,
  C: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read> targets: array<i32>;
@group(0) @binding(4) var<storage, read_write> dLogits: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main() {}
