// Probe: a copy, the ceiling for memory traffic of a kernel
// Computes  out[i] = x[i]
// Mapping   invocation -> one vec4
// Traffic   32 B per invocation: 16 read, 16 written
// Edges     count a multiple of 4
// Needs     no optional feature, default limits
const WG = 64u;

struct Params { vectors: u32 }

@group(0) @binding(0) var<storage, read> x: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> out: array<vec4f>;
@group(0) @binding(2) var<uniform> params: Params;

@compute @workgroup_size(WG)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let i = (group.y * groups.x + group.x) * WG + lane;
  if (i < params.vectors) {
    out[i] = x[i];
  }
}
