import { describeSpec, type TensorSpec } from "@fledge/runtime";

/** A value in a traced program: a shape and an element type, no data. */
export class Tensor implements TensorSpec {
  readonly shape: readonly number[];
  readonly dtype: TensorSpec["dtype"];
  /** For messages and plans: the variable's name, or the op's and its output's. */
  readonly name: string;

  constructor(spec: TensorSpec, name: string) {
    this.shape = spec.shape;
    this.dtype = spec.dtype;
    this.name = name;
  }

  toString(): string {
    return `${this.name}: ${describeSpec(this)}`;
  }
}

/** A tensor that is written before each run. */
export class InputTensor extends Tensor {}

/** A tensor whose contents are fixed when the program is compiled. */
export class ConstantTensor extends Tensor {
  readonly data: Float32Array<ArrayBuffer>;

  constructor(data: Float32Array<ArrayBuffer>, shape: readonly number[], name: string) {
    super({ shape, dtype: "f32" }, name);
    this.data = data;
  }
}

/**
 * What a variable is for: a parameter is trained; a statistic is carried along by the forward pass
 * (BatchNorm's running moments); optimiser state belongs to an update rule, a scaler's to the scale of a loss; a gradient is summed up over programs; an
 * attack's images are moved from run to run.
 */
export type VariableRole = "parameter" | "statistic" | "optimiser" | "scaler" | "gradient" | "attack";

/** A tensor that outlives a program and is shared by programs; `place` gives it memory and its initial contents. */
export class Variable extends Tensor {
  readonly role: VariableRole;
  readonly initial: () => Float32Array<ArrayBuffer> | Uint32Array<ArrayBuffer>;

  constructor(name: string, spec: TensorSpec, role: VariableRole, initial: Variable["initial"]) {
    super(spec, name);
    this.role = role;
    this.initial = initial;
  }
}

export const float32 = (...shape: number[]): TensorSpec => ({ shape, dtype: "f32" });
export const int32 = (...shape: number[]): TensorSpec => ({ shape, dtype: "i32" });
export const uint32 = (...shape: number[]): TensorSpec => ({ shape, dtype: "u32" });
export const uint8 = (...shape: number[]): TensorSpec => ({ shape, dtype: "u8" });
