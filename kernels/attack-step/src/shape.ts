/** Images as flat rows. */
export interface AttackStepShape {
  readonly N: number;
  /** Numbers of an image: height x width x 3. */
  readonly P: number;
}

export interface AttackKeepShape {
  readonly count: number;
}

/** Logits [N, C]. */
export interface DlrShape {
  readonly N: number;
  readonly C: number;
}

/** Elements a 32-bit byte address reaches in f32. */
const maxCount = 2 ** 30;

function checkSizes(
  kernel: string,
  sizes: Readonly<Record<string, number>>,
  least: Readonly<Record<string, number>> = {},
): void {
  for (const [name, size] of Object.entries(sizes)) {
    const from = least[name] ?? 1;
    if (!Number.isSafeInteger(size) || size < from)
      throw new RangeError(`${kernel}: ${name} is ${size}; give a whole number from ${from}`);
  }
  const count = Object.values(sizes).reduce((product, size) => product * size, 1);
  if (count > maxCount)
    throw new RangeError(`${kernel}: ${count} elements are more than ${maxCount}; give a smaller batch`);
}

/** @throws RangeError naming the argument and the mend */
export const checkStep = ({ N, P }: AttackStepShape): void => checkSizes("attack-step", { N, P });

/** @throws RangeError naming the argument and the mend */
export const checkKeep = ({ count }: AttackKeepShape): void => checkSizes("attack-keep", { count });

/** @throws RangeError naming the argument and the mend; one class has no other to be taken for */
export const checkDlr = ({ N, C }: DlrShape): void => checkSizes("dlr-gradient", { N, C }, { C: 2 });

/** A sign, a multiply-add, two bounds and four clamps. */
export const stepFlops = ({ N, P }: AttackStepShape): number => 9 * N * P;

/** Four comparisons a logit. */
export const dlrFlops = ({ N, C }: DlrShape): number => 4 * N * C;
