// conv2d gradient of the input, rung 14: any kernel on a padded copy of dOut and panels of weight, transposed
// Computes  dX[n,ih,iw,ic] = sum over kh,kw,oc of dOut[n,oh,ow,oc] * weight[kh,kw,ic,oc]
//           where oh*stride = ih+padding-kh and ow*stride = iw+padding-kw
// Layout    dOut [N,OH,OW,OC], weight [KH,KW,IC,OC], dX [N,IH,IW,IC], padded [N,height,width,OC] with the pixels of dOut
//           after `above` lines and columns of zeros, panels [IC/4/LANES,KH*KW*OC,LANES]; f32, dense, bound as vec4f
// GEMM      stride^2 products, one for each phase (ih % stride, iw % stride), whose pixels meet the same taps:
//           M = N * ceil(IH/stride) * ceil(IW/stride), N = IC, K = the phase's taps * OC
// Mapping   pad_gradient: workgroup -> a line of padded; pack_weight: workgroup -> 4 channels oc of a tap, lane -> 4x4
//           blocks of weight, LANES apart
//           main: workgroup -> LANES lanes side by side over channels; lane -> TM rows x 4 channels of dX
// Traffic   TM loads of a vec4f at one address for all lanes, and 4 of each lane's own, for 16*TM multiply-adds of each
//           lane: 10.7 FLOP/B with 16 lanes and TM = 32; dOut and weight are copied once
// Resources no workgroup memory; 16 invocations a workgroup; 256 sums (acc and part, TM vectors each), most of them in
//           the cache beside the core
// Change    13 -> 14: dOut is copied with zeros around it, so that a tap is a step in the copy, the same for all rows, and
//           needs no test; weight is copied with ic and oc swapped, in the order in which the lanes of a tile read it
// Expect    the rate of rung 13 for any kernel and stride, less the copies; that of weight wants as many rows as it would
//           take to read it a second time
// Edges     IC and OC multiples of 4; rows outside dX and channels past IC are dropped; a phase without taps is zeros
// Needs     nothing.  Defined by ../reference.ts

const LANES = 16u; // or 8; two subgroups where they have 8 lanes
const TM = 32u; // or 16: the lower 16 in arrays of their own, as drivers unroll no loop of 32 turns
const KB = 256u; // k's summed in `part` before they join `acc`: rounding grows with KB + K/KB, not with K

struct Params {
  N: u32, IH: u32, IW: u32, IC: u32, OC: u32, KH: u32, KW: u32, OH: u32, OW: u32, stride: u32, padding: u32,
}
@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> dOut: array<vec4f>;
@group(0) @binding(2) var<storage, read> weight: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> padded: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> panels: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> dX: array<vec4f>;

fn divideUp(a: u32, b: u32) -> u32 { return (a + b - 1) / b; }

/// Lines and columns of zeros before the pixels of dOut, and the size with those behind them.
fn above() -> vec2u { return vec2u(divideUp(params.KH, params.stride) - 1, divideUp(params.KW, params.stride) - 1); }
fn paddedSize() -> vec2u {
  let behind = divideUp(params.padding, params.stride);
  return above() + vec2u(divideUp(params.IH, params.stride), divideUp(params.IW, params.stride)) + behind;
}

@compute @workgroup_size(LANES)
fn pad_gradient(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let ocs = params.OC / 4; // in vectors
  let size = paddedSize();
  let line = workgroup.y * workgroups.x + workgroup.x;
  let n = line / size.x;
  let oh = line % size.x - above().x; // above dOut it wraps to a huge number
  if (n >= params.N) { return; }
  for (var column = 0u; column < size.y; column++) {
    let ow = column - above().y;
    let inside = oh < params.OH && ow < params.OW;
    let pixel = select(0u, ((n * params.OH + oh) * params.OW + ow) * ocs, inside);
    for (var oc = lane; oc < ocs; oc += LANES) {
      padded[(line * size.y + column) * ocs + oc] = select(vec4f(), dOut[pixel + oc], inside);
    }
  }
}

/// panels[column][k][lane]: what the lanes of one tile read at a step lies side by side; anything past IC.
@compute @workgroup_size(LANES)
fn pack_weight(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let ics = params.IC / 4; // in vectors
  let ocs = params.OC / 4;
  let gemmK = params.KH * params.KW * params.OC;
  let k = workgroup.y * workgroups.x + workgroup.x; // in vectors
  let tap = k / ocs;
  if (tap >= params.KH * params.KW) { return; }
  for (var n = 0u; n < ics; n += LANES) {
    var square: mat4x4f; // a column for each ic
    for (var u = 0u; u < 4; u++) {
      square[u] = weight[(tap * params.IC + min(n + lane, ics - 1) * 4 + u) * ocs + k % ocs];
    }
    square = transpose(square);
    for (var u = 0u; u < 4; u++) { panels[n * gemmK + (k * 4 + u) * LANES + lane] = square[u]; }
  }
}

@compute @workgroup_size(LANES)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) lane: u32,
) {
  let p = params;
  let phaseSize = vec2u(divideUp(p.IH, p.stride), divideUp(p.IW, p.stride));
  let gemmM = p.N * phaseSize.x * phaseSize.y;
  let gemmN = p.IC / 4; // in vectors
  let columns = (gemmN + LANES - 1) / LANES;
  let blocks = (gemmM + TM - 1) / TM;
  let tile = workgroup.y * workgroups.x + workgroup.x;
  let n0 = tile % columns * LANES + lane;
  let m0 = tile / columns % blocks * TM;
  let phase = vec2u(tile / (columns * blocks) / p.stride, tile / (columns * blocks) % p.stride);
  if (phase.x >= p.stride) { return; }

  // Taps kh0, kh0 + stride, ... meet this phase's rows, and likewise the columns.
  let tap0 = (phase + p.padding) % p.stride;
  let tapsH = divideUp(max(p.KH, tap0.x) - tap0.x, p.stride);
  let tapsW = divideUp(max(p.KW, tap0.y) - tap0.y, p.stride);

  // The pixel of `padded` that each row meets at the first tap; a row past the end takes the last one's, and is dropped.
  let size = paddedSize();
  let shift = above() + (phase + p.padding - tap0) / p.stride;
  var row: array<u32, 16>;
  var rowBelow: array<u32, 16>;
  for (var r = 0u; r < 16; r++) {
    let pixel = pixelOf(min(m0 + r, gemmM - 1), phaseSize);
    row[r] = ((pixel.x * size.x + pixel.y + shift.x) * size.y + pixel.z + shift.y) * (p.OC / 4);
  }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) {
      let pixel = pixelOf(min(m0 + 16 + r, gemmM - 1), phaseSize);
      rowBelow[r] = ((pixel.x * size.x + pixel.y + shift.x) * size.y + pixel.z + shift.y) * (p.OC / 4);
    }
  }

  var acc: array<vec4f, 16>;
  var accBelow: array<vec4f, 16>;
  let panel = tile % columns * LANES * (p.KH * p.KW * p.OC) + lane;
  // A loop for each of taps and oc: an address that steps with one counter is known to be shared, one that wraps is not.
  for (var tap = 0u; tap < tapsH * tapsW; tap++) {
    let tapH = tap / tapsW;
    let tapW = tap % tapsW;
    let back = (tapH * size.y + tapW) * (p.OC / 4); // in `padded`, seen from a row
    let k = ((tap0.x + tapH * p.stride) * p.KW + tap0.y + tapW * p.stride) * p.OC;
    for (var oc0 = 0u; oc0 < p.OC; oc0 += KB) {
      // Spelled out: an implicit initial value is not set again in each turn of the loop by every driver.
      var part = array<vec4f, 16>();
      var partBelow = array<vec4f, 16>();
      for (var oc = oc0; oc < min(oc0 + KB, p.OC); oc += 4) {
        var b: mat4x4f;
        for (var u = 0u; u < 4; u++) { b[u] = panels[panel + (k + oc + u) * LANES]; }
        for (var r = 0u; r < 16; r++) { part[r] += b * padded[row[r] - back + oc / 4]; }
        if (TM == 32) {
          for (var r = 0u; r < 16; r++) { partBelow[r] += b * padded[rowBelow[r] - back + oc / 4]; }
        }
      }
      for (var r = 0u; r < 16; r++) { acc[r] += part[r]; }
      if (TM == 32) {
        for (var r = 0u; r < 16; r++) { accBelow[r] += partBelow[r]; }
      }
    }
  }

  for (var r = 0u; r < 16; r++) { store(pixelOf(m0 + r, phaseSize), phase, n0, acc[r]); }
  if (TM == 32) {
    for (var r = 0u; r < 16; r++) { store(pixelOf(m0 + 16 + r, phaseSize), phase, n0, accBelow[r]); }
  }
}

/// Image, line and column among the pixels of a phase.
fn pixelOf(m: u32, phaseSize: vec2u) -> vec3u {
  return vec3u(m / (phaseSize.x * phaseSize.y), m / phaseSize.y % phaseSize.x, m % phaseSize.y);
}

fn store(pixel: vec3u, phase: vec2u, n0: u32, sum: vec4f) {
  let p = params;
  let ih = pixel.y * p.stride + phase.x;
  let iw = pixel.z * p.stride + phase.y;
  if (pixel.x >= p.N || ih >= p.IH || iw >= p.IW || n0 >= p.IC / 4) { return; }
  dX[((pixel.x * p.IH + ih) * p.IW + iw) * (p.IC / 4) + n0] = sum;
}
