// batchnorm apply, rung 02: several rows
// Computes  out[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon) * weight[c] + bias[c], then + residual[r,c]
//           where RESIDUAL, then max(0, .) where RELU; r in N*H*W rows
// Layout    x, residual, out NHWC; mean, variance, weight, bias [C]; f32, dense
// Mapping   invocation -> one channel of ROWS neighbouring rows
// Traffic   8 B loaded (with the residual) and 4 B stored for 5 FLOP; 16 B loaded and 3 FLOP more for every ROWS
//           elements
// Resources no workgroup memory; 64 invocations a workgroup; a channel's centre, scale and offset and one element in
//           registers
// Change    01 -> 02: an invocation takes ROWS neighbouring rows of its channel, was one, and loads the channel's four
//           values once for them
// Expect    2.5 loads an element, was 6 (with the residual); one root, and one division for the index, for every ROWS
//           elements
// Edges     any shape. x is centred before it is scaled, which keeps a deviation of 0.01 about a mean of 1000. The test
//           of ReLU lets NaN through, as max() might not: a diverged run must show
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const ROWS = 8u;
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
  let item = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  let c = item % params.C;
  let first = item / params.C * ROWS;
  if (first >= params.rows) {
    return;
  }
  let centre = mean[c];
  let scale = weight[c] * inverseSqrt(variance[c] + params.epsilon);
  let offset = bias[c];

  for (var r = first; r < min(first + ROWS, params.rows); r++) {
    let i = r * params.C + c;
    var value = (x[i] - centre) * scale + offset;
    if (RESIDUAL == 1u) {
      value += residual[i];
    }
    if (RELU == 1u) {
      value = select(value, 0.0, value < 0.0);
    }
    out[i] = value;
  }
}
