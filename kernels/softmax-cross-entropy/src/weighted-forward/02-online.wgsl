// weighted cross entropy forward, rung 02: maximum and sum in one pass over the row
// Computes  loss = -sum over n of weights[n] * sum over c of share[n,c] * logp[n,c], over N, or where KEPT over the sum of
//           the weights, 0 where that is 0; logp[n,c] = (logits[n,c] - max) - log(sum of exp(logits[n,c] - max)), max
//           and sum over row n;
//           share[n,c] = (1 - smoothing) * given + smoothing / C; given = targets[n,c] where SOFT, else 1 at labels[n]
// Layout    logits, targets [N,C] f32; labels [N] i32; weights, rowLosses [N] f32; loss f32[]
// Mapping   lossOfRow: invocation -> one row; meanLoss: one invocation adds the rows up in order
// Traffic   4 B read per logit for 8 FLOP; 8 B for 12 FLOP where smoothed, 12 B for 14 where SOFT
// Resources no workgroup memory; 64 invocations a workgroup, 1 in meanLoss; a row's maximum, sum and loss in registers;
//           scratch: rowLosses, 4 B a row
// Change    01 -> 02: the sum of exponentials is kept relative to the maximum so far, and rescaled when a logit passes
//           it, was a walk for the maximum and one for the sum (Milakov and Gimelshein 2018, "Online normalizer
//           calculation for softmax")
// Expect    a load less for a second exponential: a gain where loads are dear, a loss where the row stays in cache
// Edges     any shape. A row of weight 0 does not count, whatever its logits and label. Another label that is no class
//           gives NaN instead of a read out of bounds. A hard label's other logits may be -infinity
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const SOFT = 0u;
const KEPT = 0u;
// The lowest number: where a maximum starts. A logit of -infinity does not pass it, and then adds exp(-infinity) = 0.
const LOWEST = -3.4028234e38f;

struct Params {
  N: u32,
  C: u32,
  smoothing: f32,
  nan: f32, // WGSL has no literal for it
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read> labels: array<i32>;
@group(0) @binding(3) var<storage, read> targets: array<f32>;
@group(0) @binding(4) var<storage, read> weights: array<f32>;
@group(0) @binding(5) var<storage, read_write> rowLosses: array<f32>;
@group(0) @binding(6) var<storage, read_write> loss: f32;

// A maximum, and the sum of exp(logit - maximum) over the logits seen so far.
struct Softmax {
  largest: f32,
  sum: f32,
}

fn including(seen: Softmax, logit: f32) -> Softmax {
  let largest = max(seen.largest, logit);
  // Rescaled at a new maximum only: exp(0) need not be exactly 1.
  let sum = select(seen.sum, seen.sum * exp(seen.largest - largest), logit > seen.largest);
  return Softmax(largest, sum + exp(logit - largest));
}

@compute @workgroup_size(WORKGROUP)
fn lossOfRow(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let n = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (n >= params.N) {
    return;
  }
  let weight = weights[n];
  if (weight == 0.0) {
    rowLosses[n] = 0.0;
    return;
  }
  let first = n * params.C;

  var seen = Softmax(LOWEST, 0.0);
  for (var c = 0u; c < params.C; c++) {
    seen = including(seen, logits[first + c]);
  }
  let largest = seen.largest;
  let logSum = log(seen.sum);

  let even = params.smoothing / f32(params.C);
  var total = 0.0;
  if (SOFT == 1u) {
    for (var c = 0u; c < params.C; c++) {
      let share = (1.0 - params.smoothing) * targets[first + c] + even;
      // A class without a share does not count, whatever its logit.
      total -= select(0.0, share * ((logits[first + c] - largest) - logSum), share != 0.0);
    }
  } else {
    if (even > 0.0) {
      for (var c = 0u; c < params.C; c++) {
        total -= even * ((logits[first + c] - largest) - logSum);
      }
    }
    let label = labels[n];
    if (label >= 0 && label < i32(params.C)) {
      total -= (1.0 - params.smoothing) * ((logits[first + u32(label)] - largest) - logSum);
    } else {
      total = params.nan;
    }
  }
  rowLosses[n] = weight * total;
}

@compute @workgroup_size(1)
fn meanLoss() {
  var sum = 0.0;
  var kept = f32(params.N);
  for (var n = 0u; n < params.N; n++) {
    sum += rowLosses[n];
  }
  if (KEPT == 1u) {
    kept = 0.0;
    for (var n = 0u; n < params.N; n++) {
      kept += weights[n];
    }
  }
  loss = select(sum / kept, 0.0, kept == 0.0);
}
