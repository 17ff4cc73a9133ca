import { imageNet } from "@fledge/autograd";
import { z } from "zod";
import { WeightsError } from "../stages/weights-error.ts";

const channels = z.tuple([z.number(), z.number(), z.number()]).readonly();

const preprocessingSchema = z.object({
  resize: z.int().min(1),
  crop: z.int().min(1),
  mean: channels,
  std: channels,
});

/**
 * How an image file becomes what the network takes: torchvision's Resize(resize) of the shorter side, bilinear with
 * antialiasing as Pillow has it, CenterCrop(crop), ToTensor, Normalize(mean, std) of R, G, B.
 */
export type Preprocessing = Readonly<z.infer<typeof preprocessingSchema>>;

/** What a model's inputs and outputs mean, as far as it is known. */
export interface ModelCard {
  /** By the network's class numbers. */
  readonly classes: readonly string[] | null;
  readonly preprocessing: Preprocessing | null;
}

/** Every network here was trained on images that are normalised with ImageNet's values. */
export const preprocessingOf = (resize: number, crop: number): Preprocessing => ({
  resize,
  crop,
  mean: imageNet.mean,
  std: imageNet.std,
});

const keys = { classes: "classes", preprocessing: "preprocessing" } as const;

/** A card as text by name: the metadata of a file of any of the formats; what is not known is left out. */
export const cardText = ({ classes, preprocessing }: ModelCard): Record<string, string> => ({
  ...(classes && { [keys.classes]: JSON.stringify(classes) }),
  ...(preprocessing && { [keys.preprocessing]: JSON.stringify(preprocessing) }),
});

/** @throws WeightsError naming the file where a part of the card is none */
export function cardFrom(metadata: Readonly<Record<string, string>>, file: string): ModelCard {
  const read = <T>(key: keyof typeof keys, schema: z.ZodType<T>): T | null => {
    const text = metadata[keys[key]];
    if (text === undefined) return null;
    try {
      return schema.parse(JSON.parse(text));
    } catch (error) {
      const mend = key === "classes" ? "--classes" : "--image-size and --resize";
      throw new WeightsError(`${file}: its "${key}" are not as Fledge writes them: give them with ${mend}`, {
        cause: error,
      });
    }
  };
  return { classes: read("classes", z.array(z.string())), preprocessing: read("preprocessing", preprocessingSchema) };
}
