// sgd check-finite, rung 03: a run of neighbouring vectors per invocation
// Computes  overflowed |= 1 where an element of gradient is NaN or infinite
// Layout    gradient flat f32[count]; overflowed u32[]
// Mapping   invocation -> VECTORS neighbouring vectors
// Traffic   4 B per element, no FLOP
// Resources no workgroup memory; 64 invocations a workgroup; one vector at a time in registers
// Change    02 -> 03: an invocation takes VECTORS vectors, which lie beside one another, was one; it says what it found once
// Expect    gains where an invocation has a price and lanes are taken one after another, as on a CPU. A GPU's lanes
//           load together: it wants rung 02
// Edges     any count; elements past it in the last vector do not count;
//           the exponent's bits are compared, as a compiler may take it that no float is NaN
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;
const VECTORS = 32u;

struct Params {
  count: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> overflowed: atomic<u32>;

/// Whether one of the elements 4 i to 4 i + 3 that the run has is no number.
fn overflows(i: u32) -> bool {
  let isNone = (bitcast<vec4u>(gradient[i]) & vec4u(0x7f800000u)) == vec4u(0x7f800000u);
  return any(isNone & (4u * i + vec4u(0, 1, 2, 3) < vec4u(params.count)));
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let first = ((workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local) * VECTORS;
  var found = false;
  for (var i = first; i < first + VECTORS && 4u * i < params.count; i++) { found = found || overflows(i); }
  if (found) { atomicOr(&overflowed, 1u); }
}
