// linear grad-weight, rung 06: x loaded at addresses that all lanes share
// Computes  dWeight[i,o] = sum over n of x[n,i] * dOut[n,o];  dBias[o] = sum over n of dOut[n,o]
// Layout    x [N,IN], dOut [N,OUT], dWeight [IN,OUT], dBias [OUT]; f32, dense; all as vectors of four
// GEMM      gemmM = IN, gemmN = OUT, gemmK = N; x is taken transposed, but not stored so
// Mapping   workgroup.y -> 4*TM rows i of dWeight; invocation -> four neighbouring o of them; lanes share the rows and
//           differ in o; those of the first rows store dBias too
// Traffic   per step of n: TM loads of x at one address for all lanes, and 1 of dOut for each, 16 B each, for 16*TM
//           multiply-adds of each lane: 6.4 FLOP/B with 16 lanes
// Resources no workgroup memory; 16 invocations a workgroup; a barrier; 64 sums, 4 of dBias and 1 vector of dOut in
//           registers
// Change    02 -> 06: the rows come from workgroup.y, so that their addresses are made of workgroup ids, params and loop
//           counters alone; WORKGROUP is 16, was 64, 64 sums, were 16; main begins with a barrier
// Expect    a driver that knows the address to be the same for all lanes (lavapipe from Mesa 25.1 on) loads it once, where
//           a shuffle among 16 lanes is a loop: several times rung 03 there, slower than 02 where it does not. With a
//           barrier lavapipe compiles a coroutine, in which such a load is a select and a load, not two branches a word
// Edges     IN and OUT multiples of 4; rows and columns past the end repeat the last one and are not stored
// Needs     nothing.  Defined by ../reference.ts

const WORKGROUP = 16u;
const TM = 4u;

struct Params {
  N: u32, IN: u32, OUT: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> x: array<vec4f>;
@group(0) @binding(2) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> dWeight: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> dBias: array<vec4f>;

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
  let i = workgroup.y * TM;

  var sums: array<vec4f, 4 * TM>;
  var biasSum = vec4f();
  for (var n = 0u; n < p.N; n++) {
    let d = dOut[n * OUT4 + column];
    for (var m = 0u; m < TM; m++) {
      let v = x[n * IN4 + min(i + m, IN4 - 1u)];
      sums[4u * m + 0u] += v.x * d;
      sums[4u * m + 1u] += v.y * d;
      sums[4u * m + 2u] += v.z * d;
      sums[4u * m + 3u] += v.w * d;
    }
    biasSum += d;
  }
  if (o >= OUT4) { return; }
  for (var m = 0u; m < 4u * TM; m++) {
    if (4u * i + m < p.IN) { dWeight[(4u * i + m) * OUT4 + o] = sums[m]; }
  }
  if (i == 0u) { dBias[o] = biasSum; }
}
