// weighted cross entropy backward, rung 01: naive
// Computes  dLogits[n,c] = dLoss / N * weights[n] * (softmax[n,c] * sum of row n's shares - share[n,c]), where KEPT over
//           the sum of the weights and not N, 0 where that is 0;
//           softmax[n,c] = exp(logits[n,c] - max) / sum of exp(logits[n,c] - max), max and sum over row n;
//           share[n,c] = (1 - smoothing) * given + smoothing / C; given = targets[n,c] where SOFT, else 1 at labels[n]
// Layout    logits, targets, dLogits [N,C] f32; labels [N] i32; weights [N] f32; dLoss f32[]
// Mapping   invocation -> one row
// Traffic   12 B read and 4 B written per logit for 11 FLOP; 20 B read for 15 FLOP where SOFT
// Resources no workgroup memory; 64 invocations a workgroup; a row's maximum and sum in registers
// Change    start: one invocation walks a row, for the maximum, for the sum of exponentials, where SOFT for the sum of
//           the shares, and for the gradient; where KEPT each also adds all weights up
// Expect    a batch of 32 rows keeps 32 invocations busy; microseconds beside the convolutions' milliseconds
// Edges     any shape; the shares of a soft target need not add up to 1. A row of weight 0 gives a row of 0, whatever its
//           logits and label; another label that is no class gives a row of NaN
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const SOFT = 0u;
const KEPT = 0u;

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
@group(0) @binding(5) var<storage, read> dLoss: f32;
@group(0) @binding(6) var<storage, read_write> dLogits: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let n = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (n >= params.N) {
    return;
  }
  let first = n * params.C;
  let weight = weights[n];
  if (weight == 0.0) {
    for (var c = 0u; c < params.C; c++) {
      dLogits[first + c] = 0.0;
    }
    return;
  }
  var kept = f32(params.N);
  if (KEPT == 1u) {
    kept = 0.0;
    for (var row = 0u; row < params.N; row++) {
      kept += weights[row];
    }
  }

  var largest = logits[first];
  for (var c = 1u; c < params.C; c++) {
    largest = max(largest, logits[first + c]);
  }
  var sum = 0.0;
  for (var c = 0u; c < params.C; c++) {
    sum += exp(logits[first + c] - largest);
  }

  let even = params.smoothing / f32(params.C);
  var scale = select(dLoss * weight / kept, 0.0, kept == 0.0);
  if (SOFT == 1u) {
    var shares = 0.0;
    for (var c = 0u; c < params.C; c++) {
      shares += (1.0 - params.smoothing) * targets[first + c] + even;
    }
    for (var c = 0u; c < params.C; c++) {
      let share = (1.0 - params.smoothing) * targets[first + c] + even;
      dLogits[first + c] = scale * (exp(logits[first + c] - largest) / sum * shares - share);
    }
  } else {
    let label = labels[n];
    if (label < 0 || label >= i32(params.C)) {
      scale = params.nan;
    }
    for (var c = 0u; c < params.C; c++) {
      let share = select(0.0, 1.0 - params.smoothing, i32(c) == label) + even;
      dLogits[first + c] = scale * (exp(logits[first + c] - largest) / sum - share);
    }
  }
}
