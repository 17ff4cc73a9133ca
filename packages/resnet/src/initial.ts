import { random } from "@fledge/random";

/**
 * torch.nn.init.kaiming_normal_(mode="fan_out", nonlinearity="relu") for a weight [KH,KW,IC,OC]:
 * std = sqrt(2 / (OC KH KW)).
 */
export function kaimingNormalFanOut(shape: readonly number[], seed: number, name: string): Float32Array<ArrayBuffer> {
  const [KH, KW, IC, OC] = shape as [number, number, number, number];
  const std = Math.sqrt(2 / (OC * KH * KW));
  const draw = random(seed, `initial ${name}`);
  return new Float32Array(KH * KW * IC * OC).map(() => std * draw.normal());
}

/** torch.nn.Linear's own initialisation of weight and bias: uniform in +-1/sqrt(IN). */
export function linearUniform(count: number, IN: number, seed: number, name: string): Float32Array<ArrayBuffer> {
  const bound = 1 / Math.sqrt(IN);
  const draw = random(seed, `initial ${name}`);
  return new Float32Array(count).map(() => bound * (2 * draw.float() - 1));
}
