// batchnorm backward, rung 06: whole columns
// Computes  g = dOut, 0 where RELU and result <= 0; n[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon);
//           dBias[c] = sum over r of g[r,c], dWeight[c] = sum over r of g[r,c] * n[r,c], r in N*H*W rows;
//           dX[r,c] = weight[c] / sqrt(variance[c] + epsilon) * (g[r,c] - (dBias[c] + n[r,c] * dWeight[c]) / rows),
//           without the terms in dBias and dWeight where FROZEN; dResidual = g where RESIDUAL
// Layout    x, dOut, dX, dResidual NHWC; mean, variance, weight, dWeight, dBias [C]; gate, where RELU: with RESIDUAL
//           the forward's result NHWC, else the bias [C], from which and x the result is computed again; f32, dense
// Mapping   invocation -> four channels of all rows, twice: their sums, then dX
// Traffic   16 B loaded and 4 B stored for 9 FLOP without a ReLU; with ReLU and residual 20 B and 8 B; no partial sums
// Resources no workgroup memory; 8 invocations a workgroup; two sums of four channels in registers, then their five
//           vectors and one of dX
// Change    05 -> 06: a strip is all the rows, so that its invocation goes on to dX by itself: one dispatch, was three,
//           and neither partials nor channels
// Expect    two dispatches less, most of the time of a small layer; the second reading of a small layer finds its rows
//           in the core's cache. Only C / 4 invocations: 16 lanes want 64 channels, a real GPU has none to spare for it
// Edges     C a multiple of 4. x is centred before it is multiplied. ReLU's derivative at 0 is 0; where the result is
//           NaN, g is dOut. Rows are added up in order: same bits always
// Needs     no optional feature; 10 storage buffers (WebGPU guarantees 8). Defined by ../reference.ts
const WORKGROUP = 8u;
const RELU = 0u;
const RESIDUAL = 0u;
const FROZEN = 0u;

struct Params {
  rows: u32,
  quads: u32, // C / 4
  epsilon: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> mean: array<vec4f>;
@group(0) @binding(3) var<storage, read> variance: array<vec4f>;
@group(0) @binding(4) var<storage, read> weight: array<vec4f>;
@group(0) @binding(5) var<storage, read> gate: array<vec4f>;
@group(0) @binding(6) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> dX: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> dWeight: array<vec4f>;
@group(0) @binding(9) var<storage, read_write> dBias: array<vec4f>;
@group(0) @binding(10) var<storage, read_write> dResidual: array<vec4f>;

// The bias where the mask needs it.
fn biasOf(q: u32) -> vec4f {
  if (RELU == 1u && RESIDUAL == 0u) {
    return gate[q];
  }
  return vec4f(0.0);
}

// dOut behind the ReLU's mask, where that comes from the forward's result.
fn upstream(i: u32) -> vec4f {
  if (RELU == 1u && RESIDUAL == 1u) {
    return select(dOut[i], vec4f(0.0), gate[i] <= vec4f(0.0));
  }
  return dOut[i];
}

// A gradient behind the ReLU's mask, where that comes from the result computed again.
fn masked(gradient: vec4f, result: vec4f) -> vec4f {
  if (RELU == 1u && RESIDUAL == 0u) {
    return select(gradient, vec4f(0.0), result <= vec4f(0.0));
  }
  return gradient;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let q = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (q >= params.quads) {
    return;
  }
  let inverseDeviation = inverseSqrt(variance[q] + params.epsilon);
  let scale = weight[q] * inverseDeviation;
  let centre = mean[q];
  let bias = biasOf(q);
  let end = params.rows * params.quads;

  var sum = vec4f(0.0);
  var sumCentred = vec4f(0.0);
  for (var i = q; i < end; i += params.quads) {
    let above = upstream(i);
    if (RESIDUAL == 1u) {
      dResidual[i] = above;
    }
    let centred = x[i] - centre;
    let g = masked(above, centred * scale + bias);
    sum += g;
    sumCentred += g * centred;
  }
  dBias[q] = sum;
  dWeight[q] = sumCentred * inverseDeviation;
  let offset = sum / f32(params.rows);
  let slope = sumCentred * inverseDeviation * inverseDeviation / f32(params.rows);

  for (var i = q; i < end; i += params.quads) {
    var gradient = vec4f(0.0);
    if (RESIDUAL == 1u) {
      gradient = dResidual[i];
    } else {
      gradient = upstream(i);
    }
    let centred = x[i] - centre;
    gradient = masked(gradient, centred * scale + bias);
    if (FROZEN == 0u) {
      gradient -= offset + centred * slope;
    }
    dX[i] = scale * gradient;
  }
}
