// shear bicubic, rung 02: f32 first
// Computes  out[y,x] = in at column x + shear (y + .5) (kind 1), or at row y + shear (x + .5) (kind 2), by a cubic through four pixels;
//           fill where the position lies outside; binary64, clipped to 0..255 and truncated
// Layout    images u8[bytes], an image 3 words for 4 pixels;
//           jobs u32[N,12] = kind, from, to (words), width, height, fill, low and high word of shear in binary64, shear 2^31, margin
// Mapping   GROUPS workgroups an image, which take its pixels in turns; an invocation makes four pixels
// Traffic   per four pixels 12 B written and 32 words read, twice as many where binary64 decides
// Resources no workgroup memory; 64 invocations a workgroup; four pixels and a few binary64 in registers
// Change    01 -> 02: the cubic in f32, and in binary64 only where that lies so near an integer that f32 cannot tell on which side
// Expect    one channel in a hundred or fewer is within the margin on pictures without flat areas, and those are known by their values: most
//           pixels cost no binary64 at all
// Edges     any size; neighbours outside are those at the edge; kind 0: nothing; what lies past the last pixel of a last four is made of the last row
// Needs     no optional feature, default limits
const WORKGROUP = 64u;
const GROUPS = 16u;
const JOB_WORDS = 12u;

@group(0) @binding(0) var<storage, read> jobs: array<u32>;
@group(0) @binding(1) var<storage, read_write> images: array<u32>;

/** The pixel whose number is counted from the image's first word: R, G, B as the lowest three bytes. */
fn pixelAt(start: u32, pixel: u32) -> u32 {
  let byte = 3u * pixel;
  let word = start + byte / 4u;
  let shift = 8u * (byte & 3u);
  return ((images[word] >> shift) | ((images[word + 1u] << 1u) << (31u - shift))) & 0xffffffu;
}

/** Four pixels as three whole words, so that no word has two writers. */
fn storeFour(word: u32, a: u32, b: u32, c: u32, d: u32) {
  images[word] = a | (b << 24u);
  images[word + 1u] = (b >> 8u) | (c << 16u);
  images[word + 2u] = (c >> 16u) | (d << 8u);
}

// binary64 in integers, rounded to the nearest even as a processor does: WGSL has no f64, and f32 gives other bytes.

/** (-1)^sign * (high * 2^32 + low) * 2^exponent, the first bit at 52; 0 where high is 0. */
struct Double {
  sign: u32,
  exponent: i32,
  high: u32,
  low: u32,
}

const ZERO = Double(0u, 0, 0u, 0u);

/** A 64-bit number as its low and its high word; n is below 64. */
fn shiftLeft(v: vec2u, n: u32) -> vec2u {
  if (n >= 32u) {
    return vec2u(0u, v.x << (n - 32u));
  }
  return vec2u(v.x << n, (v.y << n) | ((v.x >> 1u) >> (31u - n)));
}

/** Its lowest bit tells whether any bit was lost; n is below 64. */
fn shiftRight(v: vec2u, n: u32) -> vec2u {
  if (n >= 32u) {
    let lost = v.x != 0u || (v.y & ((1u << (n - 32u)) - 1u)) != 0u;
    return vec2u((v.y >> (n - 32u)) | u32(lost), 0u);
  }
  let lost = (v.x & ((1u << n) - 1u)) != 0u;
  return vec2u((v.x >> n) | ((v.y << 1u) << (31u - n)) | u32(lost), v.y >> n);
}

fn firstBit(v: vec2u) -> u32 {
  return select(firstLeadingBit(v.x), 32u + firstLeadingBit(v.y), v.y != 0u);
}

/** One more or not, and the first bit at 52 again. */
fn rounded(sign: u32, exponent: i32, v: vec2u, up: bool) -> Double {
  let low = v.x + u32(up);
  let high = v.y + u32(up && low == 0u);
  if (high == 0x200000u) {
    return Double(sign, exponent + 1, 0x100000u, 0u);
  }
  return Double(sign, exponent, high, low);
}

/** From the two words of a binary64 of normal range. */
fn fromBits(low: u32, high: u32) -> Double {
  let biased = (high >> 20u) & 0x7ffu;
  if (biased == 0u) {
    return ZERO;
  }
  return Double(high >> 31u, i32(biased) - 1075, (high & 0xfffffu) | 0x100000u, low);
}

/** i * 2^exponent */
fn fromInteger(i: i32, exponent: i32) -> Double {
  if (i == 0) {
    return ZERO;
  }
  let shift = 52u - firstLeadingBit(u32(abs(i)));
  let v = shiftLeft(vec2u(u32(abs(i)), 0u), shift);
  return Double(u32(i < 0), exponent - i32(shift), v.y, v.x);
}

/** The 64 bits of a product. */
fn wide(a: u32, b: u32) -> vec2u {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let middle = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let other = (a & 0xffffu) * (b >> 16u) + (middle & 0xffffu);
  return vec2u((other << 16u) | (low & 0xffffu), (a >> 16u) * (b >> 16u) + (middle >> 16u) + (other >> 16u));
}

fn times(a: Double, b: Double) -> Double {
  if (a.high == 0u || b.high == 0u) {
    return ZERO;
  }
  let lowest = wide(a.low, b.low);
  let one = wide(a.low, b.high);
  let two = wide(a.high, b.low);
  let highest = wide(a.high, b.high);
  // Words of the product of 105 or 106 bits. High parts are below 2^21, so the sums of three words carry at most 2.
  let s = lowest.y + one.x;
  let w1 = s + two.x;
  let carry1 = u32(s < lowest.y) + u32(w1 < s);
  let t = one.y + two.y + carry1; // below 2^23
  let w2 = highest.x + t;
  let w3 = highest.y + u32(w2 < t);
  let k = 20u + ((w3 >> 9u) & 1u);
  let mantissa = vec2u((w2 << (32u - k)) | (w1 >> k), (w3 << (32u - k)) | (w2 >> k));
  let half = ((w1 >> (k - 1u)) & 1u) == 1u;
  let more = (w1 & ((1u << (k - 1u)) - 1u)) != 0u || lowest.x != 0u;
  return rounded(a.sign ^ b.sign, a.exponent + b.exponent + 32 + i32(k), mantissa, half && (more || (mantissa.x & 1u) == 1u));
}

fn plus(x: Double, y: Double) -> Double {
  if (x.high == 0u) {
    return y;
  }
  if (y.high == 0u) {
    return x;
  }
  let ordered = x.exponent > y.exponent ||
    (x.exponent == y.exponent && (x.high > y.high || (x.high == y.high && x.low >= y.low)));
  var a = x;
  var b = y;
  if (!ordered) {
    a = y;
    b = x;
  }
  // Three bits below the last: two of the smaller number's, and whether it has any after them.
  let large = shiftLeft(vec2u(a.low, a.high), 3u);
  let small = shiftRight(shiftLeft(vec2u(b.low, b.high), 3u), min(u32(a.exponent - b.exponent), 60u));
  var sum = vec2u(large.x + small.x, large.y + small.y);
  sum.y += u32(sum.x < large.x);
  if (a.sign != b.sign) {
    sum = vec2u(large.x - small.x, large.y - small.y - u32(large.x < small.x));
  }
  if (sum.x == 0u && sum.y == 0u) {
    return ZERO;
  }
  let first = firstBit(sum);
  var exponent = a.exponent;
  if (first > 55u) {
    sum = shiftRight(sum, 1u);
    exponent += 1;
  } else {
    sum = shiftLeft(sum, 55u - first);
    exponent -= i32(55u - first);
  }
  let rest = sum.x & 7u;
  let mantissa = vec2u((sum.x >> 3u) | (sum.y << 29u), sum.y >> 3u);
  return rounded(a.sign, exponent, mantissa, rest > 4u || (rest == 4u && (mantissa.x & 1u) == 1u));
}

/** The integer part, which must be below 2^20. */
fn whole(v: Double) -> u32 {
  let first = 52 + v.exponent; // floor(log2(v))
  return select(v.high >> u32(clamp(20 - first, 0, 31)), 0u, first < 0);
}

/** Clipped to 0..255, then truncated. */
fn toByte(v: Double) -> u32 {
  if (v.high == 0u || v.sign == 1u) {
    return 0u;
  }
  return select(whole(v), 255u, v.exponent >= -44);
}

/** Keys' kernel with -1 through four values, in Pillow's order; the sums of bytes are integers and exact in any. */
fn cubic(p0: i32, p1: i32, p2: i32, p3: i32, t: Double) -> u32 {
  let cube = fromInteger(p1 - p0 - p2 + p3, 0);
  let square = fromInteger(2 * (p0 - p1) + p2 - p3, 0);
  let line = plus(fromInteger(p2 - p0, 0), times(t, plus(square, times(t, cube))));
  return toByte(plus(fromInteger(p1, 0), times(t, line)));
}

fn channel(rgb: u32, c: u32) -> i32 {
  return i32((rgb >> (8u * c)) & 255u);
}

/** The four pixels of the line on which the position lies, by their numbers from the position's own along it. */
fn pixelOnLine(n: u32, pixel: u32, place: i32) -> u32 {
  let job = n * JOB_WORDS;
  let width = jobs[job + 3u];
  if (jobs[job] == 1u) {
    let row = min(pixel / width, jobs[job + 4u] - 1u); // past the last pixel lies what another invocation writes
    return pixelAt(jobs[job + 1u], row * width + u32(clamp(place, 0, i32(width) - 1)));
  }
  return pixelAt(jobs[job + 1u], u32(clamp(place, 0, i32(jobs[job + 4u]) - 1)) * width + pixel % width);
}

/** In binary64 throughout. */
fn exactAt(n: u32, pixel: u32) -> u32 {
  let job = n * JOB_WORDS;
  let x = pixel % jobs[job + 3u];
  let y = pixel / jobs[job + 3u];
  let along = select(y, x, jobs[job] == 1u);
  let across = select(x, y, jobs[job] == 1u);
  let size = select(jobs[job + 4u], jobs[job + 3u], jobs[job] == 1u);
  let shift = times(fromBits(jobs[job + 6u], jobs[job + 7u]), fromInteger(i32(2u * across + 1u), -1));
  let position = plus(fromInteger(i32(2u * along + 1u), -1), shift);
  if (position.sign == 1u || whole(position) >= size) {
    return jobs[job + 5u];
  }
  let place = plus(position, fromInteger(-1, -1));
  let left = select(i32(whole(place)), -1, place.sign == 1u);
  let t = plus(place, fromInteger(-left, 0));
  let p0 = pixelOnLine(n, pixel, left - 1);
  let p1 = pixelOnLine(n, pixel, left);
  let p2 = pixelOnLine(n, pixel, left + 1);
  let p3 = pixelOnLine(n, pixel, left + 2);
  var rgb = 0u;
  for (var c = 0u; c < 3u; c += 1u) {
    rgb |= cubic(channel(p0, c), channel(p1, c), channel(p2, c), channel(p3, c), t) << (8u * c);
  }
  return rgb;
}

/** The byte, or 256 where only binary64 tells. */
fn nearCubic(p0: i32, p1: i32, p2: i32, p3: i32, t: f32, margin: f32) -> u32 {
  if (p0 == p1 && p1 == p2 && p2 == p3) {
    return u32(p1); // every product is 0
  }
  let line = f32(p2 - p0) + t * (f32(2 * (p0 - p1) + p2 - p3) + t * f32(p1 - p0 - p2 + p3));
  let value = f32(p1) + t * line;
  if (abs(value - round(value)) > margin) {
    return u32(clamp(value, 0.0, 255.0));
  }
  return 256u;
}

fn valueAt(n: u32, pixel: u32) -> u32 {
  let job = n * JOB_WORDS;
  let x = pixel % jobs[job + 3u];
  let y = pixel / jobs[job + 3u];
  let along = select(y, x, jobs[job] == 1u);
  let across = select(x, y, jobs[job] == 1u);
  let size = i32(select(jobs[job + 4u], jobs[job + 3u], jobs[job] == 1u));
  // The shift with 32 bits after the point: jobs[8] is shear in units of 2^-31, and 2 across + 1 counts halves.
  let shear = bitcast<i32>(jobs[job + 8u]);
  var shift = wide(u32(abs(shear)), 2u * across + 1u);
  if (shear < 0) {
    shift = vec2u(~shift.x + 1u, ~shift.y + u32(shift.x == 0u));
  }
  let t = f32(shift.x >> 8u) * 0x1p-24;
  let left = i32(along) + bitcast<i32>(shift.y);
  let margin = bitcast<f32>(jobs[job + 9u]); // how far f32 may be off, see ../jobs.ts
  // The position lies at left + t + .5; within the margin of an edge of the image, binary64 tells on which side.
  let edge = abs(t - 0.5) < margin && (left == -1 || left == size - 1);
  if (!edge) {
    if (left < -1 || (left == -1 && t < 0.5) || left >= size || (left == size - 1 && t >= 0.5)) {
      return jobs[job + 5u];
    }
    let p0 = pixelOnLine(n, pixel, left - 1);
    let p1 = pixelOnLine(n, pixel, left);
    let p2 = pixelOnLine(n, pixel, left + 1);
    let p3 = pixelOnLine(n, pixel, left + 2);
    var rgb = 0u;
    var unsure = 0u;
    for (var c = 0u; c < 3u; c += 1u) {
      let value = nearCubic(channel(p0, c), channel(p1, c), channel(p2, c), channel(p3, c), t, margin);
      unsure |= value >> 8u;
      rgb |= (value & 255u) << (8u * c);
    }
    if (unsure == 0u) {
      return rgb;
    }
  }
  return exactAt(n, pixel);
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = group.y * JOB_WORDS;
  if (jobs[job] == 0u) {
    return;
  }
  let fours = (jobs[job + 3u] * jobs[job + 4u] + 3u) / 4u;
  for (var four = group.x * WORKGROUP + lane; four < fours; four += GROUPS * WORKGROUP) {
    let pixel = 4u * four;
    storeFour(
      jobs[job + 2u] + 3u * four,
      valueAt(group.y, pixel),
      valueAt(group.y, pixel + 1u),
      valueAt(group.y, pixel + 2u),
      valueAt(group.y, pixel + 3u),
    );
  }
}
