import { permute } from "@fledge/safetensors/layout";

/** Ours to PyTorch's, by rank: HWIO -> OIHW, [IN,OUT] -> [OUT,IN], vectors as they are. */
const toTorchOrder: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [1, 0], 4: [3, 2, 0, 1] };
/** PyTorch's to ours: OIHW -> HWIO. */
const fromTorchOrder: Readonly<Record<number, readonly number[]>> = { 1: [0], 2: [1, 0], 4: [2, 3, 1, 0] };

const orderFor = (orders: Readonly<Record<number, readonly number[]>>, shape: readonly number[]): readonly number[] => {
  const order = orders[shape.length];
  if (!order) throw new Error(`a parameter of shape [${shape.join(",")}] has no counterpart in torchvision`);
  return order;
};

/** A tensor in PyTorch's layout. @param shape ours */
export function toTorch(
  data: Float32Array,
  shape: readonly number[],
): { shape: number[]; data: Float32Array<ArrayBuffer> } {
  return permute(data, shape, orderFor(toTorchOrder, shape));
}

/** A tensor in our layout. @param shape PyTorch's */
export function fromTorch(
  data: Float32Array,
  shape: readonly number[],
): { shape: number[]; data: Float32Array<ArrayBuffer> } {
  return permute(data, shape, orderFor(fromTorchOrder, shape));
}
