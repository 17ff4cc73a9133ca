// linear forward, rung 07: x loaded at addresses that all lanes share
// Computes  out[n,o] = bias[o] + sum over i of x[n,i] * weight[i,o]
// Layout    x [N,IN], weight [IN,OUT], bias [OUT], out [N,OUT]; f32, dense; all as vectors of four
// GEMM      gemmM = N, gemmN = OUT, gemmK = IN
// Mapping   workgroup.y -> TM rows of out; invocation -> four neighbouring o of them; lanes share the rows
//           and differ in o
// Traffic   per 4 steps of i: TM loads of x at one address for all lanes, and 4 of weight for each, 16 B each, for 16*TM
//           multiply-adds of each lane: 3.6 FLOP/B with 16 lanes
// Resources no workgroup memory; 16 invocations a workgroup; a barrier; 32 sums and 4 vectors of weight in registers
// Change    02 -> 07: the rows come from workgroup.y, so that their addresses are made of workgroup ids, params and loop
//           counters alone; WORKGROUP is 16, was 64, TM 8, was 4; main begins with a barrier
// Expect    a driver that knows the address to be the same for all lanes (lavapipe from Mesa 25.1 on) loads it once, where
//           a shuffle among 16 lanes is a loop: several times rung 03 there, slower than 02 where it does not. With a
//           barrier lavapipe compiles a coroutine, in which such a load is a select and a load, not two branches a word
// Edges     IN and OUT multiples of 4; rows and columns past the end repeat the last one and are not stored
// Needs     nothing.  Defined by ../reference.ts

const WORKGROUP = 16u;
const TM = 8u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read> bias: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> out: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  workgroupBarrier(); // Nothing is shared: see Expect.
  let p = params;
  let IN4 = p.IN / 4u;
  let OUT4 = p.OUT / 4u;
  let o = workgroup.x * WORKGROUP + local;
  let column = min(o, OUT4 - 1u);
  let n = workgroup.y * TM;

  var row: array<u32, TM>;
  for (var m = 0u; m < TM; m++) { row[m] = min(n + m, p.N - 1u) * IN4; }

  var sums: array<vec4f, TM>;
  for (var i = 0u; i < IN4; i++) {
    let w0 = weight[(4u * i + 0u) * OUT4 + column];
    let w1 = weight[(4u * i + 1u) * OUT4 + column];
    let w2 = weight[(4u * i + 2u) * OUT4 + column];
    let w3 = weight[(4u * i + 3u) * OUT4 + column];
    for (var m = 0u; m < TM; m++) {
      let v = x[row[m] + i];
      sums[m] += v.x * w0 + v.y * w1 + v.z * w2 + v.w * w3;
    }
  }
  for (var m = 0u; m < TM; m++) {
    if (n + m < p.N && o < OUT4) { out[(n + m) * OUT4 + o] = sums[m] + bias[o]; }
  }
}
