/** Channel means and standard deviations of ImageNet, for values in 0..1 (torchvision's pretrained models). */
export const imageNet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
