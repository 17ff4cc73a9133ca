// Counts the elements of a tensor that lie further from a reference's than a bound: integers must be equal
// Computes  outside += the number of i with not |actual[i] - expected[i]| <= max(relative * |expected[i]|, least)
// Mapping   invocation -> every i that is its own number more than a multiple of all invocations
// Traffic   8 B read for an element
// Edges     any count; NaN and infinities are always outside, told by their bits, as compilers may take none to be there
// Needs     no optional feature, default limits
const WG = 64u;

struct Params { count: u32, floats: u32, relative: f32, least: f32 }

@group(0) @binding(0) var<storage, read> actual: array<u32>;
@group(0) @binding(1) var<storage, read> expected: array<u32>;
@group(0) @binding(2) var<storage, read_write> outside: array<atomic<u32>>;
@group(0) @binding(3) var<uniform> params: Params;

const exponent = 0x7f800000u;

@compute @workgroup_size(WG)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let step = groups.x * WG;
  var found = 0u;
  for (var i = group.x * WG + lane; i < params.count; i += step) {
    let a = actual[i];
    let e = expected[i];
    if (a == e && (params.floats == 0u || (a & exponent) != exponent)) { continue; }
    var within = params.floats != 0u && (a & exponent) != exponent;
    if (within) {
      let value = bitcast<f32>(e);
      within = abs(bitcast<f32>(a) - value) <= max(params.relative * abs(value), params.least);
    }
    if (!within) { found += 1u; }
  }
  if (found > 0u) { atomicAdd(&outside[0], found); }
}
