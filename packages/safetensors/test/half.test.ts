import { expect, it } from "vitest";
import { widenBfloat16, widenFloat16 } from "../src/half.ts";

const every = Uint16Array.from({ length: 65536 }, (_, bits) => bits);

/** A float by its definition in IEEE 754, from the digits of its bit pattern. */
function defined(bits: number, exponentDigits: number): number {
  const digits = bits.toString(2).padStart(16, "0");
  const sign = digits[0] === "1" ? -1 : 1;
  const exponent = parseInt(digits.slice(1, 1 + exponentDigits), 2);
  const fractionDigits = digits.slice(1 + exponentDigits);
  const fraction = parseInt(fractionDigits, 2) / 2 ** fractionDigits.length;
  const bias = 2 ** (exponentDigits - 1) - 1;
  if (exponent === 2 ** exponentDigits - 1) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** (1 - bias) : sign * (1 + fraction) * 2 ** (exponent - bias);
}

it.each([
  ["float16", widenFloat16, 5],
  ["bfloat16", widenBfloat16, 8],
])("%s: all 65536 patterns become the number they stand for, zeros with their sign", (_name, widen, exponentDigits) => {
  const widened = widen(every);
  const wrong = [...every].filter((bits) => !Object.is(widened[bits], defined(bits, exponentDigits)));
  expect(wrong).toEqual([]);
});

it("known values", () => {
  const float16 = [0x3c00, 0xc000, 0x7bff, 0x0400, 0x03ff, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x3555];
  expect([...widenFloat16(Uint16Array.from(float16))]).toEqual([
    1,
    -2,
    65504,
    6.103515625e-5,
    6.097555160522461e-5,
    5.960464477539063e-8,
    -0,
    Infinity,
    -Infinity,
    0.333251953125,
  ]);
  expect([...widenBfloat16(Uint16Array.from([0x3f80, 0xc049, 0x7f7f, 0x0001]))]).toEqual([
    1, -3.140625, 3.3895313892515355e38, 9.183549615799121e-41,
  ]);
});
