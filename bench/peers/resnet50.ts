// ResNet-50 once more, over whatever operations a peer has.

/** Operations under torchvision's names for their weights. `T` is a tensor, or a name in a graph. */
export interface NetworkOperations<T> {
  readonly conv: (
    x: T,
    name: string,
    options: { readonly kernel: number; readonly stride: number; readonly padding: number },
  ) => T;
  readonly norm: (x: T, name: string) => T;
  readonly relu: (x: T) => T;
  readonly add: (a: T, b: T) => T;
  /** 3x3, stride 2, padding 1. */
  readonly maxPool: (x: T) => T;
  readonly globalAveragePool: (x: T) => T;
  readonly linear: (x: T, name: string) => T;
}

/** torchvision.models.resnet50: images to logits. */
export function resnet50Of<T>(operations: NetworkOperations<T>, images: T): T {
  const { conv, norm, relu, add, maxPool, globalAveragePool, linear } = operations;
  const square = (x: T, name: string, kernel: number, stride = 1): T =>
    conv(x, name, { kernel, stride, padding: (kernel - 1) / 2 });
  let x = maxPool(relu(norm(square(images, "conv1", 7, 2), "bn1")));
  [3, 4, 6, 3].forEach((blocks, stage) => {
    for (let index = 0; index < blocks; index++) {
      const block = `layer${stage + 1}.${index}`;
      const stride = stage > 0 && index === 0 ? 2 : 1;
      const identity = index === 0 ? norm(square(x, `${block}.downsample.0`, 1, stride), `${block}.downsample.1`) : x;
      const a = relu(norm(square(x, `${block}.conv1`, 1), `${block}.bn1`));
      const b = relu(norm(square(a, `${block}.conv2`, 3, stride), `${block}.bn2`));
      x = relu(add(norm(square(b, `${block}.conv3`, 1), `${block}.bn3`), identity));
    }
  });
  return linear(globalAveragePool(x), "fc");
}
