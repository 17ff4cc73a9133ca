// confidence, rung 00: the dispatch floor
// Computes  nothing
// Layout    probabilities [N,C] f32; classes [N] i32; thresholds [C] f32; confidences, kept [N] f32
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup; no value is kept
// Change    01 -> 00: the body of main is gone, and with it every load, operation and store
// Expect    what it costs to start these invocations: the floor under every rung that starts as many
// Edges     any shape; no buffer is written
// Needs     no optional feature, default limits
const WORKGROUP = 64u;

struct Params {
  N: u32,
  C: u32,
  nan: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probabilities: array<f32>;
@group(0) @binding(2) var<storage, read> classes: array<i32>;
@group(0) @binding(3) var<storage, read> thresholds: array<f32>;
@group(0) @binding(4) var<storage, read_write> confidences: array<f32>;
@group(0) @binding(5) var<storage, read_write> kept: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main() {}
