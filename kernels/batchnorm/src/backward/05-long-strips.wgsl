// batchnorm backward, rung 05: long strips
// Computes  g = dOut, 0 where RELU and result <= 0; n[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon);
//           dBias[c] = sum over r of g[r,c], dWeight[c] = sum over r of g[r,c] * n[r,c], r in N*H*W rows;
//           dX[r,c] = weight[c] / sqrt(variance[c] + epsilon) * (g[r,c] - (dBias[c] + n[r,c] * dWeight[c]) / rows),
//           without the terms in dBias and dWeight where FROZEN; dResidual = g where RESIDUAL
// Layout    x, dOut, dX, dResidual NHWC; mean, variance, weight, dWeight, dBias [C]; gate, where RELU: with RESIDUAL
//           the forward's result NHWC, else the bias [C], from which and x the result is computed again;
//           partials [2, strips, C]; channels [5, C]; f32, dense
// Mapping   stripSums: invocation -> four channels of stripRows rows; combine: invocation -> four channels; gradInput:
//           invocation -> four channels of stripRows rows
// Traffic   16 B loaded and 4 B stored for 9 FLOP without a ReLU; with ReLU and residual 20 B and 8 B; 20 B more for
//           every stripRows elements of dX
// Resources no workgroup memory; 8 invocations a workgroup; two sums of four channels' strip in registers, then five
//           vectors of the channels and one of dX; scratch: partials, 8 B for each channel of a strip, and channels,
//           20 B for each channel
// Change    04 -> 05: as few strips as give 128 lanes a quad of channels each, was strips of 64 rows; the same strips
//           for dX, was ROWS rows; workgroups of 8, was 64
// Expect    the head of an invocation, its division and its channels' values, is paid once for a long strip (1024 rows
//           of 64 channels at 8 x 32 x 32), was for 64 rows and for 8; a GPU is left with too few invocations
// Edges     C a multiple of 4. x is centred before it is multiplied. ReLU's derivative at 0 is 0; where the result is
//           NaN, g is dOut. Strips are added up in order: same bits always
// Needs     no optional feature; no entry point uses more than the 8 storage buffers that WebGPU guarantees. Defined by
//           ../reference.ts
const WORKGROUP = 8u;
const RELU = 0u;
const RESIDUAL = 0u;
const FROZEN = 0u;

struct Params {
  rows: u32,
  quads: u32, // C / 4
  stripRows: u32,
  strips: u32,
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
// Of each strip the sum of g, then the sum of g * (x - mean).
@group(0) @binding(11) var<storage, read_write> partials: array<vec4f>;
// Of each channel: mean, weight / deviation, bias, and the mean of g and the slope that dX subtracts.
@group(0) @binding(12) var<storage, read_write> channels: array<vec4f>;

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
fn stripSums(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (item >= params.strips * params.quads) {
    return;
  }
  let q = item % params.quads;
  let first = item / params.quads * params.stripRows;
  let centre = mean[q];
  let scale = weight[q] * inverseSqrt(variance[q] + params.epsilon);
  let bias = biasOf(q);

  var sum = vec4f(0.0);
  var sumCentred = vec4f(0.0);
  for (var r = first; r < min(first + params.stripRows, params.rows); r++) {
    let i = r * params.quads + q;
    let above = upstream(i);
    if (RESIDUAL == 1u) {
      dResidual[i] = above;
    }
    let centred = x[i] - centre;
    let g = masked(above, centred * scale + bias);
    sum += g;
    sumCentred += g * centred;
  }
  partials[item] = sum;
  partials[params.strips * params.quads + item] = sumCentred;
}

@compute @workgroup_size(WORKGROUP)
fn combine(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let q = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (q >= params.quads) {
    return;
  }
  var sum = vec4f(0.0);
  var sumCentred = vec4f(0.0);
  for (var s = 0u; s < params.strips; s++) {
    sum += partials[s * params.quads + q];
    sumCentred += partials[(params.strips + s) * params.quads + q];
  }
  let inverseDeviation = inverseSqrt(variance[q] + params.epsilon);
  let gradient = sumCentred * inverseDeviation;
  dBias[q] = sum;
  dWeight[q] = gradient;
  channels[q] = mean[q];
  channels[params.quads + q] = weight[q] * inverseDeviation;
  channels[2u * params.quads + q] = biasOf(q);
  channels[3u * params.quads + q] = sum / f32(params.rows);
  channels[4u * params.quads + q] = inverseDeviation * gradient / f32(params.rows);
}

@compute @workgroup_size(WORKGROUP)
fn gradInput(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (item >= params.strips * params.quads) {
    return;
  }
  let q = item % params.quads;
  let first = item / params.quads * params.stripRows;
  let centre = channels[q];
  let scale = channels[params.quads + q];
  let bias = channels[2u * params.quads + q];
  let offset = channels[3u * params.quads + q];
  let slope = channels[4u * params.quads + q];

  for (var r = first; r < min(first + params.stripRows, params.rows); r++) {
    let i = r * params.quads + q;
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
