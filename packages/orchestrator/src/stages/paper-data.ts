import type { Dataset } from "@fledge/data";

/** The data of a reproduction: images with labels, and images whose labels only the teacher gives. */
export interface PaperData {
  readonly labelled: Dataset;
  readonly unlabelled: Dataset;
}
