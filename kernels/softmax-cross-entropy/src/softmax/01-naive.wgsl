// softmax, rung 01: naive
// Computes  probabilities[n,c] = exp((logits[n,c] - max) / temperature) / sum over c of the same, max over row n
// Layout    logits, probabilities [N,C] f32
// Mapping   invocation -> one row
// Traffic   12 B read and 4 B written per logit for 9 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; a row's maximum and sum in registers
// Change    start: one invocation walks a row, for the maximum, for the sum of exponentials, and for the shares of it
// Expect    a batch of 32 rows keeps 32 invocations busy; microseconds beside the convolutions' milliseconds
// Edges     any shape. The maximum comes off before the division, so that close logits near 10000 keep their difference;
//           its exponential is exactly 1, so that equal logits share evenly and meet a threshold of 1/C
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32,
  C: u32,
  temperature: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> probabilities: array<f32>;

// WGSL lets exp(0) be another number than 1.
fn exponential(shifted: f32) -> f32 {
  return select(exp(shifted / params.temperature), 1.0, shifted == 0.0);
}

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

  var largest = logits[first];
  for (var c = 1u; c < params.C; c++) {
    largest = max(largest, logits[first + c]);
  }
  var sum = 0.0;
  for (var c = 0u; c < params.C; c++) {
    sum += exponential(logits[first + c] - largest);
  }
  for (var c = 0u; c < params.C; c++) {
    probabilities[first + c] = exponential(logits[first + c] - largest) / sum;
  }
}
