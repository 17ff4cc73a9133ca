/** What both sides train, whatever the regime. */
export const settings = {
  steps: 30,
  batchSize: 16,
  classes: 8,
  imageSize: 64,
  width: 16,
  seed: 42,
  momentum: 0.9,
  weightDecay: 1e-4,
  /** Steps before which PyTorch's weights are kept, to compare the loss of one step by itself. */
  snapshots: [0, 5, 10, 15, 20, 25],
} as const;

export interface Regime {
  readonly name: string;
  readonly learningRate: number;
  readonly zeroInitResidual: boolean;
}

/** The demo preset's initialisation, and torchvision's default, from which rounding is amplified far more. */
export const regimes: readonly Regime[] = [
  { name: "zero-init-residual", learningRate: 0.01, zeroInitResidual: true },
  { name: "default-init", learningRate: 0.01, zeroInitResidual: false },
];

/** Files of the exchange folder. */
export const files = {
  /** Settings and regime, for train.py. */
  settings: "settings.json",
  batches: "batches.safetensors",
  initial: "initial.safetensors",
  ours: "ours.safetensors",
  torch: "torch.safetensors",
  logits: "torch-logits.safetensors",
  losses: "torch.json",
  snapshot: (step: number): string => `torch-before-${step}.safetensors`,
} as const;
