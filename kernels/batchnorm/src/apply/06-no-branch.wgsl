// batchnorm apply, rung 06: a ReLU that no branch can be made of
// Computes  out[r,c] = (x[r,c] - mean[c]) / sqrt(variance[c] + epsilon) * weight[c] + bias[c], then + residual[r,c]
//           where RESIDUAL, then max(0, .) where RELU; r in N*H*W rows
// Layout    x, residual, out NHWC; mean, variance, weight, bias [C]; f32, dense
// Mapping   workgroup of one invocation -> sixteen channels, a cache line, of ROWS neighbouring rows, two rows a turn
// Traffic   8 B loaded (with the residual) and 4 B stored for 5 FLOP; 16 B loaded and 3 FLOP more for every ROWS
//           elements
// Resources no workgroup memory; 1 invocation a workgroup; sixteen channels' centre, scale and offset and one vector at
//           a time in registers
// Change    05 -> 06: a zero that the compiler cannot know is added behind the ReLU
// Expect    on Mesa's lavapipe from 25.1 on: of a select whose result is only stored LLVM makes a branch over the store,
//           mispredicted for half of the elements, which costs 3 to 6 ns each; with arithmetic behind it, it stays a
//           masked move. A GPU has no such branch
// Edges     C a multiple of 16. x is centred before it is scaled, which keeps a deviation of 0.01 about a mean of 1000.
//           The test of ReLU lets NaN through, as max() might not: a diverged run must show.
//           -0 becomes 0
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 1u;
const ROWS = 64u;
const RELU = 0u;
const RESIDUAL = 0u;

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
@group(0) @binding(5) var<storage, read> bias: array<vec4f>;
@group(0) @binding(6) var<storage, read> residual: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> out: array<vec4f>;

/** What is the same for all rows of four channels. */
struct Channels {
  centre: vec4f,
  scale: vec4f,
  offset: vec4f,
}

fn channelsOf(q: u32) -> Channels {
  return Channels(mean[q], weight[q] * inverseSqrt(variance[q] + params.epsilon), bias[q]);
}

/** 0, which the compiler cannot know. */
fn zero() -> f32 {
  return f32(params.quads >> 31u);
}

fn normalise(i: u32, at: Channels) {
  var value = (x[i] - at.centre) * at.scale + at.offset;
  if (RESIDUAL == 1u) {
    value += residual[i];
  }
  if (RELU == 1u) {
    value = select(value, vec4f(0.0), value < vec4f(0.0)) + zero();
  }
  out[i] = value;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u) {
  let item = workgroup.y * workgroups.x + workgroup.x;
  let blocks = params.quads / 4u;
  let q = item % blocks * 4u;
  let first = min(item / blocks * ROWS, params.rows);
  let end = min(first + ROWS, params.rows);
  let c0 = channelsOf(q);
  let c1 = channelsOf(q + 1u);
  let c2 = channelsOf(q + 2u);
  let c3 = channelsOf(q + 3u);

  let pairs = first + (end - first) / 2u * 2u;
  for (var r = first; r < pairs; r += 2u) {
    let i = r * params.quads + q;
    let j = i + params.quads;
    normalise(i, c0);
    normalise(i + 1u, c1);
    normalise(i + 2u, c2);
    normalise(i + 3u, c3);
    normalise(j, c0);
    normalise(j + 1u, c1);
    normalise(j + 2u, c2);
    normalise(j + 3u, c3);
  }
  if (pairs < end) {
    let i = pairs * params.quads + q;
    normalise(i, c0);
    normalise(i + 1u, c1);
    normalise(i + 2u, c2);
    normalise(i + 3u, c3);
  }
}
