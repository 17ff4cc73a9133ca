// jax-js on its WebGPU backend: convolutions, jitted.
import { fromTorch, toTorch } from "@fledge/resnet";
import { toNchw, toNhwc } from "@fledge/safetensors";
import { readFloats, serve, unsupported, type Outputs, type Prepared } from "../contender.ts";
import type { InputFiles } from "../inputs.ts";
import { loadPeer, peerVersion, provideWebGpu, waitPolitely } from "../peer-library.ts";
import { outputSide, type ConvTask } from "../tasks.ts";

/** Functions consume their arguments; `ref` keeps one for another use. */
interface JaxArray {
  readonly ref: JaxArray;
  readonly reshape: (shape: readonly number[]) => JaxArray;
  readonly data: () => Promise<Float32Array>;
  readonly dispose: () => void;
}
type JaxFunction = (...operands: JaxArray[]) => JaxArray;

interface Jax {
  readonly init: (device: "webgpu") => Promise<readonly string[]>;
  readonly defaultDevice: (device: "webgpu") => void;
  readonly blockUntilReady: <T>(arrays: T) => Promise<T>;
  readonly jit: (body: JaxFunction) => JaxFunction & { readonly dispose?: () => void };
  readonly vjp: (body: JaxFunction, primals: readonly JaxArray[]) => [JaxArray, (cotangent: JaxArray) => JaxArray[]];
  readonly numpy: { readonly array: (values: Float32Array) => JaxArray };
  readonly lax: {
    readonly convGeneralDilated: (
      x: JaxArray,
      weight: JaxArray,
      strides: readonly number[],
      padding: readonly (readonly number[])[],
    ) => JaxArray;
  };
}

const adapter = await provideWebGpu();
const jax = loadPeer<Jax>("@jax-js/jax");
if (!(await jax.init("webgpu")).includes("webgpu")) throw new Error("jax-js found no WebGPU");
jax.defaultDevice("webgpu");
const wait = <T>(promise: Promise<T>): Promise<T> => waitPolitely(promise, adapter.software);

async function prepareConv({ direction, shape }: ConvTask, inputs: InputFiles): Promise<Prepared> {
  const { N, IH, IW, IC, OC, KH, KW, stride, padding } = shape;
  const side = outputSide(shape);
  const array = (data: Float32Array, sizes: readonly number[]): JaxArray => jax.numpy.array(data).reshape(sizes);
  const x = array(toNchw(readFloats(inputs["x"]!), [N, IH, IW, IC]).data, [N, IC, IH, IW]);
  const weight = array(toTorch(readFloats(inputs["weight"]!), [KH, KW, IC, OC]).data, [OC, IC, KH, KW]);
  const dOut = array(toNchw(readFloats(inputs["dOut"]!), [N, side, side, OC]).data, [N, OC, side, side]);
  await wait(jax.blockUntilReady([x.ref, weight.ref, dOut.ref]));

  const conv: JaxFunction = (a, b) =>
    jax.lax.convGeneralDilated(
      a!,
      b!,
      [stride, stride],
      [
        [padding, padding],
        [padding, padding],
      ],
    );
  /** The gradient alone: jit drops the forward convolution, which nothing reads. */
  const pulled = (body: JaxFunction, primal: JaxArray, cotangent: JaxArray): JaxArray => {
    const [out, pullback] = jax.vjp(body, [primal]);
    out.dispose();
    return pullback(cotangent)[0]!;
  };
  const bodies: Readonly<Record<ConvTask["direction"], JaxFunction>> = {
    forward: (a, b) => conv(a!, b!),
    gradInput: (a, b, d) => pulled((primal) => conv(primal!, b!), a!, d!),
    gradWeight: (a, b, d) => pulled((primal) => conv(a!, primal!), b!, d!),
  };
  const jitted = jax.jit(bodies[direction]);
  const operands = direction === "forward" ? [x, weight] : [x, weight, dOut];
  const once = (): JaxArray => jitted(...operands.map(({ ref }) => ref));

  const named = async (data: Float32Array): Promise<Outputs> => {
    if (direction === "forward") return { out: toNhwc(data, [N, OC, side, side]).data };
    if (direction === "gradInput") return { dX: toNhwc(data, [N, IC, IH, IW]).data };
    return { dWeight: fromTorch(data, [OC, IC, KH, KW]).data };
  };
  return {
    run: async (repeats) => {
      const results = Array.from({ length: repeats }, once);
      for (const result of await wait(jax.blockUntilReady(results))) result.dispose();
    },
    outputs: async () => named(await wait(once().data())),
    release: () => {
      for (const operand of [x, weight, dOut]) operand.dispose();
      jitted.dispose?.();
    },
  };
}

await serve(async () => ({
  description: { versions: { "@jax-js/jax": peerVersion("@jax-js/jax") }, adapter },
  prepare: async (task, inputs) =>
    task.kind === "conv" ? prepareConv(task, inputs) : unsupported("jax-js", task.kind),
}));
