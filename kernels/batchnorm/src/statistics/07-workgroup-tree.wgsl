// batchnorm statistics, rung 07: Welford's sums and a tree in workgroup memory
// Computes  mean[c] = sum over r of x[r,c] / rows, variance[c] = sum over r of (x[r,c] - mean[c])^2 / rows, and the
//           running statistics, old + momentum * (new - old), the variance with rows / (rows - 1); r in N*H*W rows
// Layout    x NHWC; mean, variance, runningMean, runningVariance [C]; partials [2, strips, C]; f32, dense
// Mapping   stripMoments: workgroup -> QUADS quads of channels of stripRows rows, invocation -> a quad of every
//           LANES-th row; combine: the same over strips
// Traffic   4 B read for 7 FLOP, a division among them: x once; partials are about a 128th of a large x, or less
// Resources 12 KiB workgroup memory; 256 invocations a workgroup; the count, mean and squares of four channels' rows in
//           registers; scratch: partials, 8 B for each channel of a strip
// Change    04 -> 07: LANES invocations share a strip of 256 rows or more, was one for a strip of 64 or more; each
//           takes its rows one by one by Welford's recurrence (1962), was four at a time, and a tree in workgroup
//           memory merges what they have; so are the strips shared and merged in combine, where one invocation walked
//           over all
// Expect    on a GPU 8 to 32 times the invocations, which read 128 B side by side, and no serial walk over the strips;
//           on a CPU, where a barrier turns the shader into a coroutine, a loss
// Edges     C a multiple of 4, two rows or more; the last strip may be short, a lane may have no row. A tree's order is
//           fixed: same bits always
// Needs     no optional feature, default limits. Defined by ../reference.ts
const QUADS = 8u; // 128 neighbouring bytes of a row
const LANES = 32u;
const WORKGROUP = 256u; // QUADS * LANES

struct Params {
  rows: u32,
  quads: u32, // C / 4
  stripRows: u32,
  strips: u32,
  momentum: f32,
  unbias: f32, // rows / (rows - 1)
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> mean: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> variance: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> runningMean: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> runningVariance: array<vec4f>;
// Of each strip, relative to row 0 of the channel: its mean, then its sum of squares about that mean.
@group(0) @binding(6) var<storage, read_write> partials: array<vec4f>;

struct Moments {
  count: f32,
  mean: vec4f,
  squares: vec4f, // about that mean
}

var<workgroup> moments: array<Moments, WORKGROUP>;

// The moments of two sets of values together (Chan, Golub and LeVeque 1979); either may be empty.
fn merge(a: Moments, b: Moments) -> Moments {
  let count = a.count + b.count;
  let share = b.count / max(count, 1.0);
  let delta = b.mean - a.mean;
  return Moments(count, a.mean + delta * share, a.squares + b.squares + delta * delta * (a.count * share));
}

// Merges the LANES entries of each quad; they end in lane 0. Called in uniform control flow, for it holds barriers.
fn mergeAll(local: u32) {
  for (var span = LANES / 2u; span > 0u; span /= 2u) {
    workgroupBarrier(); // The entries of the turn before are written.
    if (local < span * QUADS) {
      moments[local] = merge(moments[local], moments[local + span * QUADS]);
    }
  }
}

@compute @workgroup_size(WORKGROUP)
fn stripMoments(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  let q = workgroup.x * QUADS + local % QUADS;
  let strip = workgroup.y;
  let first = strip * params.stripRows;

  var own = Moments(0.0, vec4f(0.0), vec4f(0.0));
  if (q < params.quads) {
    let shift = x[q];
    let end = min(first + params.stripRows, params.rows);
    for (var r = first + local / QUADS; r < end; r += LANES) {
      let a = x[r * params.quads + q] - shift;
      own.count += 1.0;
      let delta = a - own.mean;
      own.mean += delta / own.count;
      own.squares += delta * (a - own.mean);
    }
  }
  moments[local] = own;
  mergeAll(local);
  if (local < QUADS && q < params.quads) {
    partials[strip * params.quads + q] = moments[local].mean;
    partials[(params.strips + strip) * params.quads + q] = moments[local].squares;
  }
}

@compute @workgroup_size(WORKGROUP)
fn combine(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) local: u32) {
  let q = workgroup.x * QUADS + local % QUADS;

  var own = Moments(0.0, vec4f(0.0), vec4f(0.0));
  if (q < params.quads) {
    for (var s = local / QUADS; s < params.strips; s += LANES) {
      let stripCount = f32(min(params.stripRows, params.rows - s * params.stripRows));
      let squares = partials[(params.strips + s) * params.quads + q];
      own = merge(own, Moments(stripCount, partials[s * params.quads + q], squares));
    }
  }
  moments[local] = own;
  mergeAll(local);
  if (local < QUADS && q < params.quads) {
    let channelMean = x[q] + moments[local].mean;
    let channelVariance = moments[local].squares / f32(params.rows);
    mean[q] = channelMean;
    variance[q] = channelVariance;
    runningMean[q] += params.momentum * (channelMean - runningMean[q]);
    runningVariance[q] += params.momentum * (channelVariance * params.unbias - runningVariance[q]);
  }
}
