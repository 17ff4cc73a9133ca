// weighted cross entropy forward, rung 01: naive
// Computes  loss = -sum over n of weights[n] * sum over c of share[n,c] * logp[n,c], over N, or where KEPT over the sum of
//           the weights, 0 where that is 0; logp[n,c] = (logits[n,c] - max) - log(sum of exp(logits[n,c] - max)), max
//           and sum over row n;
//           share[n,c] = (1 - smoothing) * given + smoothing / C; given = targets[n,c] where SOFT, else 1 at labels[n]
// Layout    logits, targets [N,C] f32; labels [N] i32; weights, rowLosses [N] f32; loss f32[]
// Mapping   lossOfRow: invocation -> one row; meanLoss: one invocation adds the rows up in order
// Traffic   8 B read per logit for 4 FLOP; 12 B for 8 FLOP where smoothed, 16 B for 10 where SOFT
// Resources no workgroup memory; 64 invocations a workgroup, 1 in meanLoss; a row's maximum, sum and loss in registers;
//           scratch: rowLosses, 4 B a row
// Change    start: one invocation walks a row, for the maximum, for the sum of exponentials, and where every class has
//           a share for the loss; a second dispatch adds the rows, and where KEPT their weights, up
// Expect    a batch of 32 rows keeps 32 invocations busy; microseconds beside the convolutions' milliseconds
// Edges     any shape. A row of weight 0 does not count, whatever its logits and label. Another label that is no class
//           gives NaN instead of a read out of bounds. A hard label's other logits may be -infinity
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
@group(0) @binding(5) var<storage, read_write> rowLosses: array<f32>;
@group(0) @binding(6) var<storage, read_write> loss: f32;

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
