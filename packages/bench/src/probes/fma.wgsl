// Probe: fused multiply-adds out of registers, the ceiling for arithmetic
// Computes  out[i] = the sum of 10 chains v = v * scale + offset, each of 8 * `iterations` steps
// Mapping   invocation -> one i
// Traffic   4 B written per invocation, nothing read
// Edges     any count; invocations past it store nothing
// Needs     no optional feature, default limits
const WG = 64u;

struct Params { count: u32, iterations: u32, scale: f32, offset: f32 }

@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@group(0) @binding(1) var<uniform> params: Params;

@compute @workgroup_size(WG)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * WG + lane;
  let s = params.scale;
  let o = params.offset;
  // 10 chains hide the latency of a multiply-add; more spill out of lavapipe's registers.
  let start = f32(i % 64u);
  var v0 = start; var v1 = start + 1.0; var v2 = start + 2.0; var v3 = start + 3.0; var v4 = start + 4.0;
  var v5 = start + 5.0; var v6 = start + 6.0; var v7 = start + 7.0; var v8 = start + 8.0; var v9 = start + 9.0;
  for (var k = 0u; k < params.iterations; k += 1u) {
    // 8 steps at a time: lavapipe pays for a loop's mask once per variable and turn, as much as for an fma.
    v0 = fma(v0, s, o); v1 = fma(v1, s, o); v2 = fma(v2, s, o); v3 = fma(v3, s, o); v4 = fma(v4, s, o);
    v5 = fma(v5, s, o); v6 = fma(v6, s, o); v7 = fma(v7, s, o); v8 = fma(v8, s, o); v9 = fma(v9, s, o);
    v0 = fma(v0, s, o); v1 = fma(v1, s, o); v2 = fma(v2, s, o); v3 = fma(v3, s, o); v4 = fma(v4, s, o);
    v5 = fma(v5, s, o); v6 = fma(v6, s, o); v7 = fma(v7, s, o); v8 = fma(v8, s, o); v9 = fma(v9, s, o);
    v0 = fma(v0, s, o); v1 = fma(v1, s, o); v2 = fma(v2, s, o); v3 = fma(v3, s, o); v4 = fma(v4, s, o);
    v5 = fma(v5, s, o); v6 = fma(v6, s, o); v7 = fma(v7, s, o); v8 = fma(v8, s, o); v9 = fma(v9, s, o);
    v0 = fma(v0, s, o); v1 = fma(v1, s, o); v2 = fma(v2, s, o); v3 = fma(v3, s, o); v4 = fma(v4, s, o);
    v5 = fma(v5, s, o); v6 = fma(v6, s, o); v7 = fma(v7, s, o); v8 = fma(v8, s, o); v9 = fma(v9, s, o);
    v0 = fma(v0, s, o); v1 = fma(v1, s, o); v2 = fma(v2, s, o); v3 = fma(v3, s, o); v4 = fma(v4, s, o);
    v5 = fma(v5, s, o); v6 = fma(v6, s, o); v7 = fma(v7, s, o); v8 = fma(v8, s, o); v9 = fma(v9, s, o);
    v0 = fma(v0, s, o); v1 = fma(v1, s, o); v2 = fma(v2, s, o); v3 = fma(v3, s, o); v4 = fma(v4, s, o);
    v5 = fma(v5, s, o); v6 = fma(v6, s, o); v7 = fma(v7, s, o); v8 = fma(v8, s, o); v9 = fma(v9, s, o);
    v0 = fma(v0, s, o); v1 = fma(v1, s, o); v2 = fma(v2, s, o); v3 = fma(v3, s, o); v4 = fma(v4, s, o);
    v5 = fma(v5, s, o); v6 = fma(v6, s, o); v7 = fma(v7, s, o); v8 = fma(v8, s, o); v9 = fma(v9, s, o);
    v0 = fma(v0, s, o); v1 = fma(v1, s, o); v2 = fma(v2, s, o); v3 = fma(v3, s, o); v4 = fma(v4, s, o);
    v5 = fma(v5, s, o); v6 = fma(v6, s, o); v7 = fma(v7, s, o); v8 = fma(v8, s, o); v9 = fma(v9, s, o);
  }
  if (i < params.count) {
    out[i] = ((v0 + v1) + (v2 + v3)) + ((v4 + v5) + (v6 + v7)) + (v8 + v9);
  }
}
