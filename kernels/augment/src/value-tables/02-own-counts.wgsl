// value tables, rung 02: own counts
// Computes  the tables of ImageOps.autocontrast (kind 1), ImageOps.equalize (kind 2) and ImageEnhance.Contrast (kind 3) for each image
// Layout    images u8[bytes], an image 3 words for 4 pixels; jobs u32[N,12] = kind, from, to (words), width, height;
//           products f32[N,256]; scales u32[256,2], 255 / d in binary64; tables u8[N,3,256]; counts u32[N,769]
// Mapping   count: GROUPS workgroups an image, which take its pixels in turns; fill: a workgroup an image, a lane a channel
// Traffic   per pixel two words and four atomic additions in workgroup memory; per workgroup 769 in storage
// Resources 3076 B workgroup memory; 64 invocations a workgroup; a pixel and a sum in registers
// Change    01 -> 02: a workgroup counts in its own memory, and adds up what it has at the end; luma is summed in a register
// Expect    a GPU's workgroups no longer wait for one another; a CPU has no such memory
// Edges     up to 2^24 pixels; kind 0: its table is left alone
// Needs     no optional feature, default limits
const WORKGROUP = 64u;
const GROUPS = 16u;
const JOB_WORDS = 12u;
const COUNTS = 769u;

@group(0) @binding(0) var<storage, read> images: array<u32>;
@group(0) @binding(1) var<storage, read> jobs: array<u32>;
@group(0) @binding(2) var<storage, read> products: array<f32>;
@group(0) @binding(3) var<storage, read> scales: array<u32>;
@group(0) @binding(4) var<storage, read_write> tables: array<u32>;
@group(0) @binding(5) var<storage, read_write> counts: array<atomic<u32>>;

var<workgroup> own: array<atomic<u32>, COUNTS>;

/** The pixel whose number is counted from the image's first word: R, G, B as the lowest three bytes. */
fn pixelAt(start: u32, pixel: u32) -> u32 {
  let byte = 3u * pixel;
  let word = start + byte / 4u;
  let shift = 8u * (byte & 3u);
  return ((images[word] >> shift) | ((images[word + 1u] << 1u) << (31u - shift))) & 0xffffffu;
}

@compute @workgroup_size(WORKGROUP)
fn clear(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  for (var i = lane; i < COUNTS; i += WORKGROUP) {
    atomicStore(&counts[group.y * COUNTS + i], 0u);
  }
}

/** ITU-R 601 luma in 16.16 fixed point. */
fn greyOf(rgb: u32) -> u32 {
  return (19595u * (rgb & 255u) + 38470u * ((rgb >> 8u) & 255u) + 7471u * (rgb >> 16u) + 32768u) >> 16u;
}

@compute @workgroup_size(WORKGROUP)
fn count(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let job = group.y * JOB_WORDS;
  let pixels = select(0u, jobs[job + 3u] * jobs[job + 4u], jobs[job] != 0u); // for every lane must come to the barriers
  for (var i = lane; i < COUNTS; i += WORKGROUP) {
    atomicStore(&own[i], 0u);
  }
  workgroupBarrier();
  var sum = 0u;
  for (var pixel = group.x * WORKGROUP + lane; pixel < pixels; pixel += GROUPS * WORKGROUP) {
    let rgb = pixelAt(jobs[job + 1u], pixel);
    atomicAdd(&own[rgb & 255u], 1u);
    atomicAdd(&own[256u + ((rgb >> 8u) & 255u)], 1u);
    atomicAdd(&own[512u + (rgb >> 16u)], 1u);
    sum += greyOf(rgb);
  }
  atomicAdd(&own[768u], sum);
  workgroupBarrier();
  for (var i = lane; i < COUNTS; i += WORKGROUP) {
    let counted = atomicLoad(&own[i]);
    if (counted != 0u) {
      atomicAdd(&counts[group.y * COUNTS + i], counted);
    }
  }
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

fn countOf(n: u32, c: u32, value: u32) -> u32 {
  return atomicLoad(&counts[n * COUNTS + 256u * c + value]);
}

/** trunc(v * scale - low * scale), scale = 255 / (high - low), in binary64: at many v an integer is just missed. */
fn stretched(v: u32, low: u32, high: u32) -> u32 {
  let scale = fromBits(scales[2u * (high - low)], scales[2u * (high - low) + 1u]);
  return toByte(plus(times(fromInteger(i32(v), 0), scale), times(fromInteger(-i32(low), 0), scale)));
}

/** base + factor (v - base): see the kernel blend. */
fn blended(n: u32, base: u32, v: u32) -> u32 {
  let up = v >= base;
  let product = products[n * 256u + select(base - v, v - base, up)];
  return u32(clamp(f32(base) + select(-product, product, up), 0.0, 255.0));
}

@compute @workgroup_size(WORKGROUP)
fn fill(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let n = group.y;
  let kind = jobs[n * JOB_WORDS];
  let c = lane;
  if (kind == 0u || c >= 3u) {
    return;
  }
  let pixels = jobs[n * JOB_WORDS + 3u] * jobs[n * JOB_WORDS + 4u];
  var low = 0u;
  var high = 255u;
  while (low < 255u && countOf(n, c, low) == 0u) {
    low += 1u;
  }
  while (high > low && countOf(n, c, high) == 0u) {
    high -= 1u;
  }
  let sum = atomicLoad(&counts[n * COUNTS + 768u]);
  let mean = sum / pixels + u32(2u * (sum % pixels) >= pixels);
  let step = (pixels - countOf(n, c, high)) / 255u;
  var below = step / 2u;
  for (var word = 0u; word < 64u; word += 1u) {
    var four = 0u;
    for (var i = 0u; i < 4u; i += 1u) {
      let v = 4u * word + i;
      var value = v;
      if (kind == 1u && high > low) {
        value = stretched(v, low, high);
      } else if (kind == 2u && step > 0u) {
        value = min(below / step, 255u);
        below += countOf(n, c, v);
      } else if (kind == 3u) {
        value = blended(n, mean, v);
      }
      four |= value << (8u * i);
    }
    tables[n * 192u + c * 64u + word] = four;
  }
}
