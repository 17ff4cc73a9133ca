// batchnorm backward, rung 00: the dispatch floor
// Computes  nothing
// Layout    x, dOut, dX, dResidual NHWC; mean, variance, weight, dWeight, dBias [C]; gate NHWC or [C]; f32, dense
// Mapping   the workgroups of rung 01, every invocation of which returns at once
// Traffic   none
// Resources no workgroup memory; 64 invocations a workgroup; no value is kept
// Change    01 -> 00: the bodies of channelSums and gradInput are gone, and with them every load, operation and store
// Expect    what it costs to start these invocations: the floor under every rung that starts as many
// Edges     any shape; no buffer is written
// Needs     no optional feature; 10 storage buffers (WebGPU guarantees 8)
const WORKGROUP = 64u;

struct Params {
  rows: u32,
  C: u32,
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<storage, read> mean: array<f32>;
@group(0) @binding(3) var<storage, read> variance: array<f32>;
@group(0) @binding(4) var<storage, read> weight: array<f32>;
@group(0) @binding(5) var<storage, read> gate: array<f32>;
@group(0) @binding(6) var<storage, read> dOut: array<f32>;
@group(0) @binding(7) var<storage, read_write> dX: array<f32>;
@group(0) @binding(8) var<storage, read_write> dWeight: array<f32>;
@group(0) @binding(9) var<storage, read_write> dBias: array<f32>;
@group(0) @binding(10) var<storage, read_write> dResidual: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn channelSums() {}

@compute @workgroup_size(WORKGROUP)
fn gradInput() {}
