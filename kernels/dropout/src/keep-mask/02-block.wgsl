// keep-mask, rung 02: one block of four draws per invocation
// Computes  keep[n,c] = 1 where draw c of stream (keys[n], layer) is at least the threshold in its upper 24 bits, else
//           0
// Layout    keys u32[N]; keep i32 [N,C], dense
// Mapping   invocation -> four neighbouring elements of one example, fewer at its end
// Traffic   16 B stored per block, in four stores
// Resources no workgroup memory; 64 invocations a workgroup; a counter of four words and a key of two in registers
// Change    01 -> 02: an invocation uses all four draws of its block, was one
// Expect    a quarter of the arithmetic; where an example has a single decision, as much as before
// Edges     any shape: an example's last block may be used in part
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const PURPOSE = 0x0df8566bu; // FNV-1a of "network noise"

struct Params {
  N: u32, C: u32, layer: u32, threshold: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> keys: array<u32>;
@group(0) @binding(2) var<storage, read_write> keep: array<i32>;

// The upper 32 bits of a * b, from four products of 16 bits: WGSL has no wider one.
fn multiplyHigh(a: u32, b: u32) -> u32 {
  let aLow = a & 0xffffu;
  let aHigh = a >> 16u;
  let bLow = b & 0xffffu;
  let bHigh = b >> 16u;
  let middle = aHigh * bLow + ((aLow * bLow) >> 16u);
  let carry = aLow * bHigh + (middle & 0xffffu);
  return aHigh * bHigh + (middle >> 16u) + (carry >> 16u);
}

// Philox4x32-10 (Salmon et al. 2011) as @fledge/random has it: four draws of a key's stream in a layer.
fn draws(key: u32, layer: u32, block: u32) -> vec4u {
  var counter = vec4u(block, layer, 0u, 0u);
  var keys = vec2u(key, PURPOSE);
  for (var round = 0u; round < 10u; round++) {
    let high = vec2u(multiplyHigh(0xd2511f53u, counter.x), multiplyHigh(0xcd9e8d57u, counter.z));
    let low = vec2u(0xd2511f53u * counter.x, 0xcd9e8d57u * counter.z);
    counter = vec4u(high.y ^ counter.y ^ keys.x, low.y, high.x ^ counter.w ^ keys.y, low.x);
    keys += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return counter;
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let p = params;
  let blocks = (p.C + 3u) / 4u;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * blocks) { return; }
  let n = index / blocks;
  let first = 4u * (index % blocks);
  let block = draws(keys[n], p.layer, first / 4u);

  for (var c = first; c < min(first + 4u, p.C); c++) {
    keep[n * p.C + c] = select(0, 1, (block[c % 4u] >> 8u) >= p.threshold);
  }
}
