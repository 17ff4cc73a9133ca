// dropout-drawn, rung 03: a block as a vector
// Computes  out[n,c] = x[n,c] * scale where draw c of stream (keys[n], layer) is at least the threshold in its upper 24
//           bits, else 0
// Layout    x, out f32 [N,C], dense; keys u32[N]; x and out as vectors of four elements
// Mapping   invocation -> four neighbouring elements of one example
// Traffic   32 B per block (read x, write out), in one load and one store
// Resources no workgroup memory; 64 invocations a workgroup; a counter of four words and a key of two in registers
// Change    02 -> 03: one load and one store of 16 B, were a loop of four of 4 B
// Expect    little on a GPU, which joins the accesses of neighbours; on a CPU each access and its bounds check has a
//           price
// Edges     C a multiple of 4
// Needs     no optional feature, default limits. Defined by ../reference.ts
const WORKGROUP = 64u;
const PURPOSE = 0x0df8566bu; // FNV-1a of "network noise"

struct Params {
  N: u32, C: u32, layer: u32, threshold: u32, scale: f32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> keys: array<u32>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;

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
  let blocks = p.C / 4u;
  let index = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (index >= p.N * blocks) { return; }
  let block = draws(keys[index / blocks], p.layer, index % blocks);

  out[index] = select(vec4f(0.0), x[index] * p.scale, (block >> vec4u(8u)) >= vec4u(p.threshold));
}
