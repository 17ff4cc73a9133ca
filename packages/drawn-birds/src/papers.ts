import type { Entry } from "./layout-2010.ts";

/** Said wherever the data set is described, so that no one takes a drawing for a photograph. */
export const STATEMENT =
  "The images are drawn by a program, not photographed; the species are invented. They stand in for CUB-200 so that " +
  "Fledge can be tried without a download, and say nothing about real birds or real benchmarks.";

export const README_2010 = `Drawn birds in the layout of CUB-200 (2010)

${STATEMENT}

images/NNN.Species_name/Species_name_NNNN_<id>.jpg   the images, one folder for each class
lists/classes.txt                                    the class folders
lists/files.txt                                      all images, below images/
lists/train.txt, lists/test.txt                      half of each class
`;

export const README_2011 = `Drawn birds in the layout of CUB-200-2011

${STATEMENT}

images/NNN.Species_name/Species_Name_NNNN_<id>.jpg   the images, one folder for each class
images.txt               <image id> <path below images/>
image_class_labels.txt   <image id> <class id>
train_test_split.txt     <image id> <1 for training, 0 for test>
classes.txt              <class id> <class folder>
bounding_boxes.txt       <image id> <x> <y> <width> <height>, in pixels, of the whole drawn bird
parts/parts.txt          <part id> <part name>
parts/part_locs.txt      <image id> <part id> <x> <y> <1 if the part is turned to the viewer and in the picture>
There are no attributes. Part of the images repeat images of the 2010 set; see overlap-truth.csv one folder up.
`;

/** The true pairs, one line each in the order of 2011's images.txt, paths below the demo data set's folder. */
export function overlapCsv(sourceOf: ReadonlyMap<Entry, Entry>): string {
  const pairs = [...sourceOf].map(([later, old]) => ({ old, later }));
  pairs.sort((a, b) => a.later.speciesIndex - b.later.speciesIndex || a.later.imageIndex - b.later.imageIndex);
  const lines = pairs.map(({ old, later }) => `CUB_200_2010/images/${old.path},CUB_200_2011/images/${later.path}\n`);
  return `path2010,path2011\n${lines.join("")}`;
}
