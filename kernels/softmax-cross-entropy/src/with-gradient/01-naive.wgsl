// softmax cross entropy with gradient, rung 01: naive
// Computes  loss = -sum over n,c of share[n,c] * logp[n,c] / N, where
//           logp[n,c] = (logits[n,c] - max) - log(sum of exp(logits[n,c] - max)), max and sum over row n;
//           share[n,c] = (1 - smoothing) * given + smoothing / C; given = targets[n,c] where SOFT, else 1 at labels[n];
//           dLogits[n,c] = dLoss / N * (exp(logp[n,c]) * sum of row n's shares - share[n,c])
// Layout    logits, targets, dLogits [N,C] f32; labels [N] i32; loss, dLoss f32[]; rowLosses [N] f32
// Mapping   lossAndGradientOfRow: invocation -> one row; meanLoss: one invocation adds the rows up in order
// Traffic   12 B read and 4 B written per logit for 16 FLOP; 20 B read for 19 FLOP where SOFT
// Resources no workgroup memory; 64 invocations a workgroup, 1 in meanLoss; a row's maximum, sum and loss in registers;
//           scratch: rowLosses, 4 B a row
// Change    start: one invocation walks a row, for the maximum, for the sum of exponentials, and for loss and gradient
//           together; a second dispatch adds the rows' losses up
// Expect    less than forward and backward apart: maximum and sum are found once, and a dispatch is saved
// Edges     any shape. A label that is no class gives a NaN loss and a row of NaN. logp is never
//           logits - (max + log(sum)), which loses the answer near 10000; exp(logp) is exp(logits - max) / sum. Shares
//           of a soft target need not add up to 1. A hard label's other logits may be -infinity
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const SOFT = 0u;

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
@group(0) @binding(4) var<storage, read> dLoss: f32;
@group(0) @binding(5) var<storage, read_write> rowLosses: array<f32>;
@group(0) @binding(6) var<storage, read_write> loss: f32;
@group(0) @binding(7) var<storage, read_write> dLogits: array<f32>;

@compute @workgroup_size(WORKGROUP)
fn lossAndGradientOfRow(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let n = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (n >= params.N) {
    return;
  }
  let first = n * params.C;

  var largest = logits[first];
  for (var c = 1u; c < params.C; c++) {
    largest = max(largest, logits[first + c]);
  }
  var sum = 0.0;
  for (var c = 0u; c < params.C; c++) {
    sum += exp(logits[first + c] - largest);
  }
  let logSum = log(sum);

  let even = params.smoothing / f32(params.C);
  var scale = dLoss / f32(params.N);
  var label = -1;
  if (SOFT == 0u) {
    label = labels[n];
    if (label < 0 || label >= i32(params.C)) {
      scale = params.nan;
    }
  }
  var shares = 1.0;
  if (SOFT == 1u) {
    shares = 0.0;
    for (var c = 0u; c < params.C; c++) {
      shares += (1.0 - params.smoothing) * targets[first + c] + even;
    }
  }
  var total = 0.0;
  for (var c = 0u; c < params.C; c++) {
    let shifted = logits[first + c] - largest;
    var share = even + select(0.0, 1.0 - params.smoothing, i32(c) == label);
    if (SOFT == 1u) {
      share = (1.0 - params.smoothing) * targets[first + c] + even;
    }
    dLogits[first + c] = scale * (exp(shifted) / sum * shares - share);
    // A class without a share does not count, whatever its logit.
    total -= select(0.0, share * (shifted - logSum), share != 0.0);
  }
  if (SOFT == 0u && (label < 0 || label >= i32(params.C))) {
    total = params.nan;
  }
  rowLosses[n] = total;
}

@compute @workgroup_size(1)
fn meanLoss() {
  var sum = 0.0;
  for (var n = 0u; n < params.N; n++) {
    sum += rowLosses[n];
  }
  loss = sum / f32(params.N);
}
