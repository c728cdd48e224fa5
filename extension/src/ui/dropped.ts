/** What is dropped from outside of the browser: files, and folders apart from them. */

/** Read at once: what an event carries is forgotten when it is over. */
export function dropped(data: DataTransfer): [files: File[], folders: FileSystemEntry[]] {
  const files: File[] = [];
  const folders: FileSystemEntry[] = [];
  for (const item of data.items) {
    const entry = item.webkitGetAsEntry?.();
    const file = item.getAsFile();
    if (entry?.isDirectory) {
      folders.push(entry);
    } else if (file) {
      files.push(file);
    }
  }
  return [files, folders];
}
