// count correct, rung 00: the dispatch floor
// Computes  nothing
// Layout    logits [N,C] f32; labels [N] i32; correct u32[]; hits [N] u32
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup, 1 in count; no value is kept
// Change    01 -> 00: the bodies of hitOfRow and count are gone, and with them every load, operation and store
// Expect    what it costs to start these invocations: the floor under every rung that starts as many
// Edges     any shape; no buffer is written
// Needs     no optional feature, default limits
const WORKGROUP = 64u;

struct Params {
  N: u32,
  C: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read_write> hits: array<u32>;
@group(0) @binding(4) var<storage, read_write> correct: u32;

@compute @workgroup_size(WORKGROUP)
fn hitOfRow() {}

@compute @workgroup_size(1)
fn count() {}
