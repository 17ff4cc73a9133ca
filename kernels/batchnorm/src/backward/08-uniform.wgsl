// batchnorm backward, rung 08: one invocation a workgroup, so that every address is uniform
// Computes  g = dOut, 0 where RELU and result <= 0; n[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon);
//           dBias[c] = sum over r of g[r,c], dWeight[c] = sum over r of g[r,c] * n[r,c], r in N*H*W rows;
//           dX[r,c] = weight[c] / sqrt(variance[c] + epsilon) * (g[r,c] - (dBias[c] + n[r,c] * dWeight[c]) / rows),
//           without the terms in dBias and dWeight where FROZEN; dResidual = g where RESIDUAL
// Layout    x, dOut, dX, dResidual NHWC; mean, variance, weight, dWeight, dBias [C]; gate, where RELU: with RESIDUAL
//           the forward's result NHWC, else the bias [C], from which and x the result is computed again;
//           partials [2, strips, C]; channels [5, C]; f32, dense
// Mapping   workgroups of one invocation; stripSums: workgroup -> sixteen channels, a cache line, of stripRows rows, four
//           rows a turn; combine: workgroup -> four channels; gradInput: as stripSums, two rows a turn
// Traffic   16 B loaded and 4 B stored for 9 FLOP without a ReLU; with ReLU and residual 20 B and 8 B; 20 B more for
//           every stripRows elements of dX
// Resources no workgroup memory; 1 invocation a workgroup; two sums of sixteen channels' strip in registers, then five
//           vectors of each four channels and one of dX; scratch: partials, 8 B for each channel of a strip, and
//           channels, 20 B for each channel
// Change    05 -> 08: a workgroup is one invocation, and has four vectors of channels, was 8 invocations of one each; a
//           turn of the loop takes several rows; strips of 256 rows
// Expect    on Mesa's lavapipe from 25.1 on, which makes a load or store that is uniform over the lanes one scalar
//           instruction and computes with scalars: what 05 gathers and scatters stalls at each cache line. All but one
//           of a GPU's lanes would idle
// Edges     C a multiple of 16. x is centred before it is multiplied. ReLU's derivative at 0 is 0; where the result is
//           NaN, g is dOut. Strips are added up in order: same bits always
// Needs     no optional feature; no entry point uses more than the 8 storage buffers that WebGPU guarantees. Defined by
//           ../reference.ts
const WORKGROUP = 1u;
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

/** What is the same for all rows of four channels. */
struct Channels {
  centre: vec4f,
  scale: vec4f,
  bias: vec4f,
  // The mean of g, and the slope that dX subtracts.
  offset: vec4f,
  slope: vec4f,
}

struct Sums {
  g: vec4f,
  centred: vec4f,
}

fn accumulate(i: u32, at: Channels, before: Sums) -> Sums {
  let above = upstream(i);
  if (RESIDUAL == 1u) {
    dResidual[i] = above;
  }
  let centred = x[i] - at.centre;
  let g = masked(above, centred * at.scale + at.bias);
  return Sums(before.g + g, before.centred + g * centred);
}

fn forwardChannels(q: u32) -> Channels {
  let scale = weight[q] * inverseSqrt(variance[q] + params.epsilon);
  return Channels(mean[q], scale, biasOf(q), vec4f(0.0), vec4f(0.0));
}

/** The first of sixteen channels' quads and the rows of a workgroup's strip. */
struct Place {
  q: u32,
  first: u32,
  end: u32,
  strip: u32,
}

fn placeOf(item: u32) -> Place {
  let blocks = params.quads / 4u;
  let strip = min(item / blocks, params.strips);
  let first = min(strip * params.stripRows, params.rows);
  return Place(item % blocks * 4u, first, min(first + params.stripRows, params.rows), strip);
}

@compute @workgroup_size(WORKGROUP)
fn stripSums(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let place = placeOf(workgroup.y * workgroups.x + workgroup.x);
  if (place.strip >= params.strips) {
    return;
  }
  let q = place.q;
  let c0 = forwardChannels(q);
  let c1 = forwardChannels(q + 1u);
  let c2 = forwardChannels(q + 2u);
  let c3 = forwardChannels(q + 3u);
  var s0 = Sums();
  var s1 = Sums();
  var s2 = Sums();
  var s3 = Sums();

  let whole = place.first + (place.end - place.first) / 4u * 4u;
  for (var r = place.first; r < whole; r += 4u) {
    let i = r * params.quads + q;
    let j = i + params.quads;
    let k = j + params.quads;
    let l = k + params.quads;
    s0 = accumulate(i, c0, s0);
    s1 = accumulate(i + 1u, c1, s1);
    s2 = accumulate(i + 2u, c2, s2);
    s3 = accumulate(i + 3u, c3, s3);
    s0 = accumulate(j, c0, s0);
    s1 = accumulate(j + 1u, c1, s1);
    s2 = accumulate(j + 2u, c2, s2);
    s3 = accumulate(j + 3u, c3, s3);
    s0 = accumulate(k, c0, s0);
    s1 = accumulate(k + 1u, c1, s1);
    s2 = accumulate(k + 2u, c2, s2);
    s3 = accumulate(k + 3u, c3, s3);
    s0 = accumulate(l, c0, s0);
    s1 = accumulate(l + 1u, c1, s1);
    s2 = accumulate(l + 2u, c2, s2);
    s3 = accumulate(l + 3u, c3, s3);
  }
  for (var r = whole; r < place.end; r++) {
    let i = r * params.quads + q;
    s0 = accumulate(i, c0, s0);
    s1 = accumulate(i + 1u, c1, s1);
    s2 = accumulate(i + 2u, c2, s2);
    s3 = accumulate(i + 3u, c3, s3);
  }
  let item = place.strip * params.quads + q;
  let squares = params.strips * params.quads + item;
  partials[item] = s0.g;
  partials[item + 1u] = s1.g;
  partials[item + 2u] = s2.g;
  partials[item + 3u] = s3.g;
  partials[squares] = s0.centred;
  partials[squares + 1u] = s1.centred;
  partials[squares + 2u] = s2.centred;
  partials[squares + 3u] = s3.centred;
}

@compute @workgroup_size(WORKGROUP)
fn combine(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let q = workgroup.y * workgroups.x + workgroup.x;
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

fn backwardChannels(q: u32) -> Channels {
  let n = params.quads;
  return Channels(channels[q], channels[n + q], channels[2u * n + q], channels[3u * n + q], channels[4u * n + q]);
}

fn storeGradient(i: u32, at: Channels) {
  var above = vec4f(0.0);
  if (RESIDUAL == 1u) {
    above = dResidual[i];
  } else {
    above = upstream(i);
  }
  let centred = x[i] - at.centre;
  above = masked(above, centred * at.scale + at.bias);
  if (FROZEN == 0u) {
    above -= at.offset + centred * at.slope;
  }
  dX[i] = at.scale * above;
}

@compute @workgroup_size(WORKGROUP)
fn gradInput(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let place = placeOf(workgroup.y * workgroups.x + workgroup.x);
  let q = place.q;
  let c0 = backwardChannels(q);
  let c1 = backwardChannels(q + 1u);
  let c2 = backwardChannels(q + 2u);
  let c3 = backwardChannels(q + 3u);

  let pairs = place.first + (place.end - place.first) / 2u * 2u;
  for (var r = place.first; r < pairs; r += 2u) {
    let i = r * params.quads + q;
    let j = i + params.quads;
    storeGradient(i, c0);
    storeGradient(i + 1u, c1);
    storeGradient(i + 2u, c2);
    storeGradient(i + 3u, c3);
    storeGradient(j, c0);
    storeGradient(j + 1u, c1);
    storeGradient(j + 2u, c2);
    storeGradient(j + 3u, c3);
  }
  if (pairs < place.end) {
    let i = pairs * params.quads + q;
    storeGradient(i, c0);
    storeGradient(i + 1u, c1);
    storeGradient(i + 2u, c2);
    storeGradient(i + 3u, c3);
  }
}
