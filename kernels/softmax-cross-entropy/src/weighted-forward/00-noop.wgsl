// weighted cross entropy forward, rung 00: the dispatch floor
// Computes  nothing
// Layout    logits, targets [N,C] f32; labels [N] i32; weights, rowLosses [N] f32; loss f32[]
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup, 1 in meanLoss; no value is kept
// Change    01 -> 00: the bodies of lossOfRow and meanLoss are gone, and with them every load, operation and store
// Expect    what it costs to start these invocations: the floor under every rung that starts as many
// Edges     any shape; no buffer is written
// Needs     no optional feature, default limits
const WORKGROUP = 64u;
const SOFT = 0u;
const KEPT = 0u;

struct Params {
  N: u32,
  C: u32,
  smoothing: f32,
  nan: f32, // WGSL has no literal for it
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read> targets: array<f32>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read_write> rowLosses: array<f32>;
@group(0) @binding(6) var<storage, read_write> loss: f32;

@compute @workgroup_size(WORKGROUP)
fn lossOfRow() {}

@compute @workgroup_size(1)
fn meanLoss() {}
