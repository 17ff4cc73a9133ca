/** One entry of a state_dict. */
export interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
}

const norm = (name: string, channels: number): Entry[] => [
  ...["weight", "bias", "running_mean", "running_var"].map((field) => ({
    name: `${name}.${field}`,
    shape: [channels],
  })),
  { name: `${name}.num_batches_tracked`, shape: [] },
];

const conv = (name: string, OC: number, IC: number, K: number): Entry => ({
  name: `${name}.weight`,
  shape: [OC, IC, K, K],
});

/**
 * The state_dict of a torchvision ResNet, in its order and PyTorch's layouts: written from torchvision.models.resnet's
 * modules, not from ours.
 */
export function torchvisionStateDict(
  expansion: 1 | 4,
  blocks: readonly number[],
  classes: number,
  width = 64,
): Entry[] {
  const entries = [conv("conv1", width, 3, 7), ...norm("bn1", width)];
  let inplanes = width;
  blocks.forEach((count, index) => {
    const planes = width * 2 ** index;
    for (let block = 0; block < count; block += 1) {
      const at = `layer${index + 1}.${block}`;
      const convs: [number, number, number][] =
        expansion === 1
          ? [
              [planes, inplanes, 3],
              [planes, planes, 3],
            ]
          : [
              [planes, inplanes, 1],
              [planes, planes, 3],
              [4 * planes, planes, 1],
            ];
      convs.forEach(([OC, IC, K], i) =>
        entries.push(conv(`${at}.conv${i + 1}`, OC, IC, K), ...norm(`${at}.bn${i + 1}`, OC)),
      );
      const changes = block === 0 && (index > 0 || inplanes !== planes * expansion);
      if (changes)
        entries.push(
          conv(`${at}.downsample.0`, planes * expansion, inplanes, 1),
          ...norm(`${at}.downsample.1`, planes * expansion),
        );
      inplanes = planes * expansion;
    }
  });
  return [...entries, { name: "fc.weight", shape: [classes, inplanes] }, { name: "fc.bias", shape: [classes] }];
}
