/** Every cap on untrusted input, in one table. Changing one changes what users are refused. */
export const LIMITS = {
  /** Bytes of one image file; the body is counted while it streams in. */
  imageBytes: 64 * 2 ** 20,
  /** Pixels declared by a header; checked before anything is decoded. */
  imagePixels: 64e6,
  /** Header bytes within which dimensions must be found. */
  headerBytes: 2 ** 20,
  /** A server that sends nothing for this long has stopped answering. */
  stallMs: 15_000,
  /** The whole download. */
  fetchMs: 60_000,
  /** Longest URL handled as such; longer `data:` URLs are read in the page. */
  urlChars: 8192,
  /** Images in one message; content scripts send more in several. */
  imagesPerMessage: 500,
  /** Content hashes in one message: 330 KB of text. */
  hashesPerMessage: 5000,
  labelChars: 300,
} as const;
