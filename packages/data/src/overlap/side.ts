/** Pixels of the side of the square to which every picture is stretched. */
export const side = 64;
