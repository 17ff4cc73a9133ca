import { describe, expect, it } from "vitest";
import { planArena, type Lifetime } from "../src/memory.ts";
import { Tensor } from "../src/tensor.ts";

const lifetime = (name: string, elements: number, first: number, last: number): Lifetime => ({
  tensor: new Tensor({ shape: [elements], dtype: "f32" }, name),
  first,
  last,
});

describe("planArena", () => {
  it("lets tensors that never meet share a slot and keeps apart those that do", () => {
    const a = lifetime("a", 1024, 0, 1);
    const b = lifetime("b", 512, 1, 2);
    const c = lifetime("c", 1024, 2, 3);
    const { slotOf, slotBytes } = planArena([a, b, c], 1 << 20);
    expect(slotOf.get(a.tensor)).toBe(slotOf.get(c.tensor));
    expect(slotOf.get(b.tensor)).not.toBe(slotOf.get(a.tensor));
    expect(slotBytes).toEqual([4096, 2048]);
  });

  it("counts the most bytes alive at once, the least that any plan needs", () => {
    const chain = Array.from({ length: 6 }, (_, i) => lifetime(`t${i}`, 256, i, i + 1));
    const plan = planArena(chain, 1 << 20);
    expect(plan.peakLiveBytes).toBe(2048);
    expect(plan.totalBytes).toBe(2048);
  });

  it("never gives one slot to two tensors that are alive at one step", () => {
    let state = 12345;
    const next = (n: number): number => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) % n;
    const all = Array.from({ length: 200 }, (_, i) => {
      const first = next(100);
      return lifetime(`r${i}`, 1 + next(5000), first, first + next(20));
    });
    const { slotOf, slotBytes } = planArena(all, 1 << 20);
    const meet = (x: Lifetime, y: Lifetime): boolean => x.last >= y.first && y.last >= x.first;
    for (const x of all) {
      expect(slotBytes[slotOf.get(x.tensor)!]).toBeGreaterThanOrEqual(x.tensor.shape[0]! * 4);
      const sharing = all.filter((y) => y !== x && slotOf.get(y.tensor) === slotOf.get(x.tensor));
      expect(sharing.filter((y) => meet(x, y))).toEqual([]);
    }
  });

  it("refuses a tensor above the binding limit and says what batch fits", () => {
    const tensor = new Tensor({ shape: [64, 100], dtype: "f32" }, "layer1.out");
    expect(() => planArena([{ tensor, first: 0, last: 1 }], 12800)).toThrow(
      /layer1\.out \[64,100\].*a batch of 32 or less fits/,
    );
  });
});
