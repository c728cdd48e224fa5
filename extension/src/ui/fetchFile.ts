/** Files that the browser takes away, as a click on a link to one does. */

/** Have an address fetched as a file; without a name, by the one that the server gives. */
export function fetchFile(address: string, name = ''): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
}

/** Let the browser keep what is here already. */
export function keepFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  fetchFile(address, name);
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
