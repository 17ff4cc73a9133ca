// batchnorm apply, rung 01: naive
// Computes  out[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon) * weight[c] + bias[c], then + residual[r,c]
//           where RESIDUAL, then max(0, .) where RELU; r in N*H*W rows
// Layout    x, residual, out NHWC; mean, variance, weight, bias [C]; f32, dense
// Mapping   invocation -> one element of out
// Traffic   24 B loaded (with the residual) and 4 B stored for 8 FLOP; of these, 16 B and 3 FLOP are the same for a
//           whole channel
// Resources no workgroup memory; 64 invocations a workgroup; one element and its channel's scale in registers
// Change    start: one invocation for each element, which finds its channel by a division and loads all that it needs
// Expect    bound by its loads, four of six of which bring what a neighbour has loaded too
// Edges     any shape. x is centred before it is scaled, which keeps a deviation of 0.01 about a mean of 1000. The test
//           of ReLU lets NaN through, as max() might not: a diverged run must show
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const RELU = 0u;
const RESIDUAL = 0u;

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
@group(0) @binding(5) var<storage, read> bias: array<f32>;
@group(0) @binding(6) var<storage, read> residual: array<f32>;
@group(0) @binding(7) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (i >= params.rows * params.C) {
    return;
  }
  let c = i % params.C;
  let scale = weight[c] * inverseSqrt(variance[c] + params.epsilon);

  var value = (x[i] - mean[c]) * scale + bias[c];
  if (RESIDUAL == 1u) {
    value += residual[i];
  }
  if (RELU == 1u) {
    value = select(value, 0.0, value < 0.0);
  }
  out[i] = value;
}
