/** Give the keyboard to an input as soon as it is drawn and lets the focus in. */

/** How long an input may take to be there, in milliseconds: a slow machine draws late. */
const PATIENCE = 5000;

/** Focus what is found; a person who presses somewhere else meanwhile is left there. */
export function focusWhenDrawn(
  find: () => HTMLElement | null | undefined,
  whenFocused?: () => void
): void {
  const until = performance.now() + PATIENCE;
  let isLeft = false;
  const leave = (): void => {
    isLeft = true;
  };
  document.addEventListener('pointerdown', leave, true);
  const go = (): void => {
    const node = isLeft ? null : find();
    node?.focus();
    const isThere = Boolean(node) && document.activeElement === node;
    if (isThere) {
      whenFocused?.();
    }
    if (isThere || isLeft || performance.now() > until) {
      document.removeEventListener('pointerdown', leave, true);
    } else {
      requestAnimationFrame(go);
    }
  };
  go();
}
