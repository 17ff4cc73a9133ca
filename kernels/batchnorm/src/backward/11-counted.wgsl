// batchnorm backward, rung 11: turns of gradInput counted from 0, lines touched ahead there too
// Computes  g = dOut, 0 where RELU and result <= 0; n[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon);
//           dBias[c] = sum over r of g[r,c], dWeight[c] = sum over r of g[r,c] * n[r,c], r in N*H*W rows;
//           dX[r,c] = weight[c] / sqrt(variance[c] + epsilon) * (g[r,c] - (dBias[c] + n[r,c] * dWeight[c]) / rows),
//           without the terms in dBias and dWeight where FROZEN; dResidual = g where RESIDUAL
// Layout    x, dOut, dX, dResidual NHWC; mean, variance, weight, dWeight, dBias [C]; gate, where RELU: with RESIDUAL
//           the forward's result NHWC, else the bias [C], from which and x the result is computed again;
//           partials [2, strips, C]; channels [5, C]; f32, dense
// Mapping   stripSums: workgroup of LANES lanes -> as many neighbouring quads of channels of stripRows rows; combine:
//           workgroup of one invocation -> four channels; gradInput: workgroup of one invocation -> sixteen channels, a
//           cache line, of ROWS rows, four rows a turn
// Traffic   16 B loaded and 4 B stored for 9 FLOP without a ReLU; with ReLU and residual 20 B and 8 B; 20 B more for
//           every stripRows elements of dX. A word of each cache line is loaded twice, once ahead
// Resources no workgroup memory; 16 invocations a workgroup in stripSums, then 1; two sums of four channels' strip in
//           registers, then five vectors of each four channels and one of dX; scratch: partials, 8 B for each channel
//           of a strip, and channels, 20 B for each channel
// Change    10 -> 11: in gradInput the loop counts turns of four rows from 0 up by 1, was rows by 2, an index keeps the
//           bits below the 2^27 vectors of 2 GiB; where TOUCH, a word of each line of the next turn is loaded ahead
// Expect    on Mesa's lavapipe from 25.1 on: Dawn adds a counter of its own to a loop that it cannot prove finite, and
//           each turn's counters live in vector registers; where an offset may have bit 31 set, each of a vector's
//           words is tested for it. Of large tensors the first word of a row is what a turn waits for, for a third of
//           its time
// Edges     C a multiple of 16; tensors of at most 2 GiB. Rows past the end are touched too: WGSL keeps such loads
//           within the tensor. x is centred before it is multiplied. ReLU's derivative at 0 is 0; where the result is
//           NaN, g is dOut. Strips are added up in order: same bits always
// Needs     no optional feature; no entry point uses more than the 8 storage buffers that WebGPU guarantees. Defined by
//           ../reference.ts
const WORKGROUP = 1u;
const LANES = 16u;
const AHEAD = 8u;
const ROWS = 64u;
const TOUCH = 0u;
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

/** Brings a cache line of each tensor into the cache; what it holds is of no matter. */
fn touchLine(i: u32) -> u32 {
  var seen = bitcast<u32>(x[i].x) | bitcast<u32>(dOut[i].x);
  if (RELU == 1u && RESIDUAL == 1u) {
    seen |= bitcast<u32>(gate[i].x);
  }
  if (RESIDUAL == 1u) {
    seen |= bitcast<u32>(dResidual[i].x);
  }
  return seen;
}

/** The cache lines of LANES quads of a row. */
fn touch(i: u32) -> u32 {
  return touchLine(i) | touchLine(i + 4u) | touchLine(i + 8u) | touchLine(i + 12u);
}

@compute @workgroup_size(LANES)
fn stripSums(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let blocks = (params.quads + LANES - 1u) / LANES;
  let id = workgroup.y * workgroups.x + workgroup.x;
  let strip = id / blocks;
  if (strip >= params.strips) {
    return;
  }
  let block = id % blocks * LANES;
  let q = block + local;
  if (q >= params.quads) {
    return;
  }
  let first = strip * params.stripRows;
  let end = min(first + params.stripRows, params.rows);
  let at = forwardChannels(q);
  var sums = Sums();
  var seen = 0u;
  let whole = first + (end - first) / 4u * 4u;
  for (var r = first; r < whole; r += 4u) {
    let ahead = (r + AHEAD) * params.quads + block;
    seen |= touch(ahead) | touch(ahead + params.quads);
    seen |= touch(ahead + 2u * params.quads) | touch(ahead + 3u * params.quads);
    let i = r * params.quads + q;
    sums = accumulate(i, at, sums);
    sums = accumulate(i + params.quads, at, sums);
    sums = accumulate(i + 2u * params.quads, at, sums);
    sums = accumulate(i + 3u * params.quads, at, sums);
  }
  for (var r = whole; r < end; r++) {
    sums = accumulate(r * params.quads + q, at, sums);
  }
  // Never so; a compiler that cannot know it keeps the touching loads.
  if (params.rows == 0u) {
    sums.g.x += f32(seen);
  }
  partials[strip * params.quads + q] = sums.g;
  partials[(params.strips + strip) * params.quads + q] = sums.centred;
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

/** The first of sixteen channels' quads, and the rows, of a workgroup of gradInput. */
struct Place {
  q: u32,
  first: u32,
  end: u32,
}

fn placeOf(item: u32) -> Place {
  let blocks = params.quads / 4u;
  let first = min(item / blocks * ROWS, params.rows);
  return Place(item % blocks * 4u, first, min(first + ROWS, params.rows));
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

/** The vector of four channels, a multiple of 4, of a row. */
fn indexOf(r: u32, q: u32) -> u32 {
  return (r * params.quads + q) & 0x07fffffcu;
}

/** Brings a cache line of what gradInput reads into the cache. */
fn touchRead(i: u32) -> u32 {
  if (RESIDUAL == 1u) {
    return bitcast<u32>(x[i].x) | bitcast<u32>(dResidual[i].x);
  }
  return bitcast<u32>(x[i].x) | bitcast<u32>(dOut[i].x);
}

@compute @workgroup_size(WORKGROUP)
fn gradInput(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let place = placeOf(workgroup.y * workgroups.x + workgroup.x);
  let q = place.q;
  let c0 = backwardChannels(q);
  let c1 = backwardChannels(q + 1u);
  let c2 = backwardChannels(q + 2u);
  let c3 = backwardChannels(q + 3u);

  let turns = (place.end - place.first) / 4u;
  var seen = 0u;
  for (var t = 0u; t < turns; t++) {
    let r = place.first + 4u * t;
    if (TOUCH == 1u) {
      seen |= touchRead(indexOf(r + 4u, q)) | touchRead(indexOf(r + 5u, q));
      seen |= touchRead(indexOf(r + 6u, q)) | touchRead(indexOf(r + 7u, q));
    }
    let i = indexOf(r, q);
    let j = indexOf(r + 1u, q);
    let k = indexOf(r + 2u, q);
    let l = indexOf(r + 3u, q);
    storeGradient(i, c0);
    storeGradient(i + 1u, c1);
    storeGradient(i + 2u, c2);
    storeGradient(i + 3u, c3);
    storeGradient(j, c0);
    storeGradient(j + 1u, c1);
    storeGradient(j + 2u, c2);
    storeGradient(j + 3u, c3);
    storeGradient(k, c0);
    storeGradient(k + 1u, c1);
    storeGradient(k + 2u, c2);
    storeGradient(k + 3u, c3);
    storeGradient(l, c0);
    storeGradient(l + 1u, c1);
    storeGradient(l + 2u, c2);
    storeGradient(l + 3u, c3);
  }
  for (var r = place.first + 4u * turns; r < place.end; r++) {
    let i = r * params.quads + q;
    storeGradient(i, c0);
    storeGradient(i + 1u, c1);
    storeGradient(i + 2u, c2);
    storeGradient(i + 3u, c3);
  }
  // Never so; a compiler that cannot know it keeps the touching loads.
  if (params.rows == 0u) {
    dX[0] = vec4f(f32(seen));
  }
}
