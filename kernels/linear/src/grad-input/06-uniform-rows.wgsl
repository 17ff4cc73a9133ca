// linear grad-input, rung 06: dOut loaded at addresses that all lanes share
// Computes  dX[n,i] = sum over o of dOut[n,o] * weight[i,o]
// Layout    dOut [N,OUT], weight [IN,OUT], dX [N,IN]; f32, dense; all as vectors of four
// GEMM      gemmM = N, gemmN = IN, gemmK = OUT; weight is taken transposed, but not stored so
// Mapping   workgroup.y -> TM rows of dX; invocation -> four neighbouring i of them; lanes share the rows
//           and differ in i
// Traffic   per 4 steps of o: TM loads of dOut at one address for all lanes, and 4 of weight for each, 16 B each, for 16*TM
//           multiply-adds of each lane: 3.6 FLOP/B with 16 lanes
// Resources no workgroup memory; 16 invocations a workgroup; a barrier; 32 sums and 4 vectors of weight in registers
// Change    02 -> 06: the rows come from workgroup.y, so that their addresses are made of workgroup ids, params and loop
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
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dX: array<vec4f>;

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  workgroupBarrier(); // Nothing is shared: see Expect.
  let p = params;
  let IN4 = p.IN / 4u;
  let OUT4 = p.OUT / 4u;
  let i = workgroup.x * WORKGROUP + local;
  let column = min(i, IN4 - 1u);
  let n = workgroup.y * TM;

  var row: array<u32, TM>;
  for (var m = 0u; m < TM; m++) { row[m] = min(n + m, p.N - 1u) * OUT4; }

  var sums: array<vec4f, TM>;
  for (var o = 0u; o < OUT4; o++) {
    let w0 = weight[(4u * column + 0u) * OUT4 + o];
    let w1 = weight[(4u * column + 1u) * OUT4 + o];
    let w2 = weight[(4u * column + 2u) * OUT4 + o];
    let w3 = weight[(4u * column + 3u) * OUT4 + o];
    for (var m = 0u; m < TM; m++) {
      let v = dOut[row[m] + o];
      sums[m] += vec4f(dot(v, w0), dot(v, w1), dot(v, w2), dot(v, w3));
    }
  }
  for (var m = 0u; m < TM; m++) {
    if (n + m < p.N && i < IN4) { dX[(n + m) * IN4 + i] = sums[m]; }
  }
}
