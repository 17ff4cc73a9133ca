// normalise images, rung 05: a run of quads of one row per invocation
// Computes  out[n,oh,ow,c] = images[n, top+oh, left+iw, c] * scale[c] + shift[c],
//           iw = ow, or OW-1-ow where the image's window is flipped;
//           scale = 1 / (255 std), shift = -mean / std, so the sum is (v/255 - mean) / std
// Layout    images u8[N,IH,IW,3], four bytes to a word; placement i32[N,3] = top, left, flip; out f32[N,OH,OW,3]
// Mapping   workgroup.z -> image; invocation -> QUADS times four neighbouring pixels of a row of out
// Traffic   12 B read and 48 B written per four pixels, in 4 loads of 4 B and 3 stores of 16 B; 12 B of placement once
//           for QUADS times four
// Resources no workgroup memory; 64 invocations a workgroup; the window, scale and shift, and 4 words and 3 vectors at
//           a time in registers
// Change    04 -> 05: a loop over QUADS quads of one row; row, window, flip, scale and shift are found once for all of
//           them. The image comes from workgroup.z
// Expect    gains on a CPU, where finding them was most of the time. A GPU gets QUADS times fewer invocations, whose
//           stores lie QUADS * 48 B apart
// Edges     OW a multiple of 4, in runs of which the last may be shorter; N at most 65535; a window that would leave
//           its image is moved back inside
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;
const QUADS = 8u;

struct Params {
  N: u32,
  IH: u32,
  IW: u32,
  OH: u32,
  OW: u32,
  scaleR: f32,
  scaleG: f32,
  scaleB: f32,
  shiftR: f32,
  shiftG: f32,
  shiftB: f32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> images: array<u32>;
@group(0) @binding(2) var<storage, read> placement: array<i32>;
@group(0) @binding(3) var<storage, read_write> out: array<vec4f>;

// The word whose first byte is byte `bytes` (0..3) of `low`; a shift by 32 bits would be a shift by none.
fn shifted(low: u32, high: u32, bytes: u32) -> u32 {
  return select((low >> (8u * bytes)) | (high << (32u - 8u * bytes)), low, bytes == 0u);
}

// The four bytes of a word, the first lowest, as 0..255.
fn bytesOf(word: u32) -> vec4f {
  return vec4f((vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u));
}

@compute @workgroup_size(WORKGROUP)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let i = workgroup.x * WORKGROUP + local;
  let runs = (params.OW / 4u + QUADS - 1u) / QUADS;
  let oh = i / runs;
  let start = i % runs * QUADS;
  let n = workgroup.z;
  if (oh >= params.OH) {
    return;
  }
  let top = u32(clamp(placement[3u * n], 0, i32(params.IH - params.OH)));
  let left = u32(clamp(placement[3u * n + 1u], 0, i32(params.IW - params.OW)));
  let flip = placement[3u * n + 2u] != 0;
  let scale = vec3f(params.scaleR, params.scaleG, params.scaleB);
  let shift = vec3f(params.shiftR, params.shiftG, params.shiftB);

  for (var x = start; x < start + QUADS && 4u * x < params.OW; x++) {
    let ow = 4u * x;
    let quad = (n * params.OH + oh) * (params.OW / 4u) + x;
    // Four pixels of a flipped row are also neighbours in the image, in the other order.
    let iw = left + select(ow, params.OW - 4u - ow, flip);
    let source = ((n * params.IH + top + oh) * params.IW + iw) * 3u;
    let word = source / 4u;
    let bytes = source % 4u;
    let w0 = images[word];
    let w1 = images[word + 1u];
    let w2 = images[word + 2u];
    let w3 = images[(source + 11u) / 4u]; // w2 again where the twelve bytes begin with a word

    let rgbr = shifted(w0, w1, bytes);
    let gbrg = shifted(w1, w2, bytes);
    let brgb = shifted(w2, w3, bytes);
    let front = bytesOf(rgbr);
    let middle = bytesOf(gbrg);
    let back = bytesOf(brgb);
    let first = select(front, vec4f(back.yzw, middle.z), flip);
    let second = select(middle, vec4f(middle.w, back.x, front.w, middle.x), flip);
    let third = select(back, vec4f(middle.y, front.xyz), flip);

    out[3u * quad] = first * scale.rgbr + shift.rgbr;
    out[3u * quad + 1u] = second * scale.gbrg + shift.gbrg;
    out[3u * quad + 2u] = third * scale.brgb + shift.brgb;
  }
}
