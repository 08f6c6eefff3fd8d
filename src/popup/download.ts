/** Saving text as a file, without the `downloads` permission. */

/** Offers `content` as a download called `name` with MIME `type`. */
export function download(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Firefox reads the blob after the click has returned; a minute is ample, and closing the popup frees it.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
