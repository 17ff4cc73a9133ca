// Probe: a copy, the ceiling for memory traffic of a kernel
// Computes  out[i] = x[i]
// Mapping   invocation -> `run` vec4s, a workgroup apart, so that neighbours always take neighbours
// Traffic   32 B per vec4: 16 read, 16 written
// Edges     count a multiple of 4
// Needs     no optional feature, default limits
const WG = 64u;

struct Params { vectors: u32, run: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WG)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let first = (group.y * groups.x + group.x) * WG * params.run + lane;
  let end = min(first + WG * params.run, params.vectors);
  for (var i = first; i < end; i += WG) {
    out[i] = x[i];
  }
}
