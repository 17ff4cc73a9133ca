// normalise images, rung 04: words of bytes become vectors of floats
// Computes  out[n,oh,ow,c] = images[n, top+oh, left+iw, c] * scale[c] + shift[c],
//           iw = ow, or OW-1-ow where the image's window is flipped;
//           scale = 1 / (255 std), shift = -mean / std, so the sum is (v/255 - mean) / std
// Layout    images u8[N,IH,IW,3], four bytes to a word; placement i32[N,3] = top, left, flip; out f32[N,OH,OW,3]
// Mapping   invocation -> four neighbouring pixels of a row of out: 12 bytes of images, 3 vectors of out
// Traffic   as rung 02
// Resources no workgroup memory; 64 invocations a workgroup; 4 words of bytes and 3 vectors of four values in registers
// Change    02 -> 04: a shifted word of four bytes becomes a vector of out as it stands, with scale and shift turned to
//           match; pixels of three are never put together, and only a flipped row moves values between its vectors
// Expect    little: as many conversions and multiply-adds of single values, two shifts of a word less, and every vector
//           four wide
// Edges     OW a multiple of 4; a window that would leave its image is moved back inside
// Needs     no optional feature, default limits.  Defined by ../reference.ts
const WORKGROUP = 64u;

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
  @builtin(num_workgroups) workgroups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let quad = (workgroup.y * workgroups.x + workgroup.x) * WORKGROUP + local;
  if (4u * quad >= params.N * params.OH * params.OW) {
    return;
  }
  let ow = 4u * quad % params.OW;
  let oh = 4u * quad / params.OW % params.OH;
  let n = 4u * quad / params.OW / params.OH;
  let top = u32(clamp(placement[3u * n], 0, i32(params.IH - params.OH)));
  let left = u32(clamp(placement[3u * n + 1u], 0, i32(params.IW - params.OW)));
  let flip = placement[3u * n + 2u] != 0;

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

  let scale = vec3f(params.scaleR, params.scaleG, params.scaleB);
  let shift = vec3f(params.shiftR, params.shiftG, params.shiftB);
  out[3u * quad] = first * scale.rgbr + shift.rgbr;
  out[3u * quad + 1u] = second * scale.gbrg + shift.gbrg;
  out[3u * quad + 2u] = third * scale.brgb + shift.brgb;
}
