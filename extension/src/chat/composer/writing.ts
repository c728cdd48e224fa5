/** Lets who writes keep the keyboard while JupyterLab opens what was open and moves panels about. */

/** How long after the opening it may still be taken away, in milliseconds. */
const AFTERWARDS = 2000;
const LEAVING = ['Tab', 'Escape', 'F6'];

/** Give the keyboard back to the input until it was left by hand, or all is open. */
export function keepWriting(find: () => HTMLTextAreaElement | null, opened: Promise<unknown>): void {
  let written: HTMLTextAreaElement | null = null;
  let isOver = false;
  const leave = (event: Event): void => {
    const { key, ctrlKey, metaKey, altKey } = event as KeyboardEvent;
    if (event.type === 'pointerdown' || ctrlKey || metaKey || altKey || LEAVING.includes(key)) {
      written = null;
    }
  };
  const kinds = ['pointerdown', 'keydown'];
  kinds.forEach(kind => document.addEventListener(kind, leave, true));
  void opened.then(() => setTimeout(() => (isOver = true), AFTERWARDS));
  const look = (): void => {
    const input = find();
    if (input && document.activeElement === input) {
      written = input;
    } else if (input && written) {
      input.focus();
      if (input !== written) {
        input.setSelectionRange(input.value.length, input.value.length);
      }
    }
    if (isOver) {
      kinds.forEach(kind => document.removeEventListener(kind, leave, true));
    } else {
      requestAnimationFrame(look);
    }
  };
  look();
}
