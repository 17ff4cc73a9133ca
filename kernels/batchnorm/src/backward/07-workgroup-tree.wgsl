// batchnorm backward, rung 07: trees in workgroup memory
// Computes  g = dOut, 0 where RELU and result <= 0; n[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon);
//           dBias[c] = sum over r of g[r,c], dWeight[c] = sum over r of g[r,c] * n[r,c], r in N*H*W rows;
//           dX[r,c] = weight[c] / sqrt(variance[c] + epsilon) * (g[r,c] - (dBias[c] + n[r,c] * dWeight[c]) / rows),
//           without the terms in dBias and dWeight where FROZEN; dResidual = g where RESIDUAL
// Layout    x, dOut, dX, dResidual NHWC; mean, variance, weight, dWeight, dBias [C]; gate, where RELU: with RESIDUAL
//           the forward's result NHWC, else the bias [C], from which and x the result is computed again; partials
//           [2, strips, C]; channels [5, C]; f32, dense
// Mapping   stripSums: workgroup -> QUADS quads of channels of stripRows rows, invocation -> a quad of every LANES-th
//           row; combine: the same over strips; gradInput: invocation -> four channels of ROWS rows
// Traffic   16 B loaded and 4 B stored for 9 FLOP without a ReLU; with ReLU and residual 20 B and 8 B; 20 B more for
//           every ROWS elements of dX
// Resources 8 KiB workgroup memory; 256 invocations a workgroup; two sums of four channels' rows in registers, then
//           five vectors of the channels and one of dX; scratch: partials, 8 B for each channel of a strip, and
//           channels, 20 B for each channel
// Change    04 -> 07: LANES invocations share a strip of 256 rows or more, was one for a strip of 64 or more, and a
//           tree in workgroup memory adds up what they have; so are the strips shared and added up in combine, where
//           one invocation walked over all; gradInput is the same in workgroups of 256, was 64
// Expect    on a GPU 8 to 32 times the invocations for the sums, which read 128 B side by side, and no serial walk over
//           the strips; on a CPU, where a barrier turns the shader into a coroutine, a loss
// Edges     C a multiple of 4. x is centred before it is multiplied. ReLU's derivative at 0 is 0; where the result is
//           NaN, g is dOut. A tree's order is fixed: same bits always
// Needs     no optional feature; no entry point uses more than the 8 storage buffers that WebGPU guarantees. Defined by
//           ../reference.ts
const QUADS = 8u; // 128 neighbouring bytes of a row
const LANES = 32u;
const WORKGROUP = 256u; // QUADS * LANES
const ROWS = 8u;
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

var<workgroup> sums: array<vec4f, WORKGROUP>;
var<workgroup> centredSums: array<vec4f, WORKGROUP>;

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

// Adds up the LANES entries of each quad; they end in lane 0. Called in uniform control flow, for it holds barriers.
fn addUp(local: u32) {
  for (var span = LANES / 2u; span > 0u; span /= 2u) {
    workgroupBarrier(); // The entries of the turn before are written.
    if (local < span * QUADS) {
      sums[local] += sums[local + span * QUADS];
      centredSums[local] += centredSums[local + span * QUADS];
    }
  }
}

@compute @workgroup_size(WORKGROUP)
fn stripSums(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  let q = workgroup.x * QUADS + local % QUADS;
  let strip = workgroup.y;
  let within = q < params.quads;
  let first = strip * params.stripRows;
  let end = select(0u, min(first + params.stripRows, params.rows), within);

  var sum = vec4f(0.0);
  var sumCentred = vec4f(0.0);
  if (within) {
    let centre = mean[q];
    let scale = weight[q] * inverseSqrt(variance[q] + params.epsilon);
    let bias = biasOf(q);
    for (var r = first + local / QUADS; r < end; r += LANES) {
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
  }
  sums[local] = sum;
  centredSums[local] = sumCentred;
  addUp(local);
  if (local < QUADS && within) {
    partials[strip * params.quads + q] = sums[local];
    partials[(params.strips + strip) * params.quads + q] = centredSums[local];
  }
}

@compute @workgroup_size(WORKGROUP)
fn combine(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  let q = workgroup.x * QUADS + local % QUADS;
  let within = q < params.quads;

  var sum = vec4f(0.0);
  var sumCentred = vec4f(0.0);
  if (within) {
    for (var s = local / QUADS; s < params.strips; s += LANES) {
      sum += partials[s * params.quads + q];
      sumCentred += partials[(params.strips + s) * params.quads + q];
    }
  }
  sums[local] = sum;
  centredSums[local] = sumCentred;
  addUp(local);
  if (local < QUADS && within) {
    let inverseDeviation = inverseSqrt(variance[q] + params.epsilon);
    let gradient = centredSums[local] * inverseDeviation;
    dBias[q] = sums[local];
    dWeight[q] = gradient;
    channels[q] = mean[q];
    channels[params.quads + q] = weight[q] * inverseDeviation;
    channels[2u * params.quads + q] = biasOf(q);
    channels[3u * params.quads + q] = sums[local] / f32(params.rows);
    channels[4u * params.quads + q] = inverseDeviation * gradient / f32(params.rows);
  }
}

@compute @workgroup_size(WORKGROUP)
fn gradInput(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let item = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  let q = item % params.quads;
  let first = item / params.quads * ROWS;
  if (first >= params.rows) {
    return;
  }
  let centre = channels[q];
  let scale = channels[params.quads + q];
  let bias = channels[2u * params.quads + q];
  let offset = channels[3u * params.quads + q];
  let slope = channels[4u * params.quads + q];

  for (var r = first; r < min(first + ROWS, params.rows); r++) {
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
