// confidence, rung 01: naive
// Computes  confidences[n] = probabilities[n, classes[n]],
//           kept[n] = 1 where that is at least thresholds[classes[n]], else 0
// Layout    probabilities [N,C] f32; classes [N] i32; thresholds [C] f32; confidences, kept [N] f32
// Mapping   invocation -> one row
// Traffic   12 B read and 8 B written per row for 1 FLOP
// Resources no workgroup memory; 64 invocations a workgroup; a row's class and its probability in registers
// Change    start: an invocation looks up the class of its row
// Expect    the dispatch floor
// Edges     any shape. A probability that is NaN is kept as NaN, so that a diverged teacher shows in the loss and not as an
//           image left out; a class outside 0 to C - 1 gives NaN instead of a read out of bounds
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;

struct Params {
  N: u32,
  C: u32,
  nan: f32, // WGSL has no literal for it
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> probabilities: array<f32>;
@group(0) @binding(2) var<storage, read> classes: array<i32>;
@group(0) @binding(3) var<storage, read> thresholds: array<f32>;
@group(0) @binding(4) var<storage, read_write> confidences: array<f32>;
@group(0) @binding(5) var<storage, read_write> kept: array<f32>;

// By its bits, because WGSL lets a compiler assume that no value is NaN.
fn isNaN(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
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
  let label = classes[n];
  if (label < 0 || label >= i32(params.C)) {
    confidences[n] = params.nan;
    kept[n] = params.nan;
    return;
  }
  let confidence = probabilities[n * params.C + u32(label)];
  confidences[n] = confidence;
  kept[n] = select(select(0.0, 1.0, confidence >= thresholds[label]), confidence, isNaN(confidence));
}
