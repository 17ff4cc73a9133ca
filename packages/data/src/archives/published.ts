/** An archive as its authors publish it. */
export interface PublishedArchive {
  readonly file: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly md5?: string;
}

/**
 * CUB-200 (2010). Sizes and hashes: TensorFlow Datasets' url_checksums/caltech_birds2010.txt, which gives no md5.
 * CUB-200-2011. TensorFlow Datasets' url_checksums/caltech_birds2011.txt; the md5 is the one torch loaders check.
 */
export const publishedArchives: Readonly<Record<2010 | 2011, readonly PublishedArchive[]>> = {
  2010: [
    {
      file: "images.tgz",
      sizeBytes: 679_421_896,
      sha256: "2a6d2246bbb9778ca03aa94e2e683ccb4f8821a36b7f235c0822e659d60a803e",
    },
    {
      file: "lists.tgz",
      sizeBytes: 201_844,
      sha256: "aeacbd5e3539ae84ea726e8a266a9a119c18f055cd80f3836d5eb4500b005428",
    },
  ],
  2011: [
    {
      file: "CUB_200_2011.tgz",
      sizeBytes: 1_150_585_339,
      sha256: "0c685df5597a8b24909f6a7c9db6d11e008733779a671760afef78feb49bf081",
      md5: "97eceeb196236b17998738112f37df78",
    },
  ],
};
