/** Hands bytes or text to the browser as a file to keep. */
export function download(fileName: string, content: BlobPart, type: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The browser has taken the blob over once the click's task is done.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
