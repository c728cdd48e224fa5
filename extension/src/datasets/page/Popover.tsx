/** A small window over the table: closes with Escape, or by a click beside it. */
import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../../ui/Button';
import { trans } from '../../ui/words';

interface PopoverProps {
  title: string;
  /** Where it belongs to, on the page. */
  at: { x: number; y: number };
  onClose: () => void;
  children: React.ReactNode;
  wide?: boolean;
}

export function Popover({ title, at, onClose, children, wide }: PopoverProps): JSX.Element {
  const box = React.useRef<HTMLDivElement>(null);
  const [place, setPlace] = React.useState<React.CSSProperties>({ opacity: 0 });
  React.useLayoutEffect(() => {
    const node = box.current;
    const around = node?.offsetParent?.getBoundingClientRect();
    if (!node || !around) {
      return;
    }
    const left = Math.max(8, Math.min(at.x - around.left, around.width - node.offsetWidth - 8));
    const top = Math.max(8, Math.min(at.y - around.top, around.height - node.offsetHeight - 8));
    setPlace({ left, top, opacity: 1 });
  }, [at.x, at.y]);
  React.useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    // The way out in the header is not what one came for.
    const first = ['[data-first]', ':scope > :not(header) input', ':scope > :not(header) button']
      .map(selector => box.current?.querySelector<HTMLElement>(selector))
      .find(Boolean);
    (first ?? box.current)?.focus();
    const away = (event: PointerEvent): void => {
      if (!box.current?.contains(event.target as Node)) {
        onClose();
      }
    };
    document.addEventListener('pointerdown', away, true);
    return () => {
      document.removeEventListener('pointerdown', away, true);
      if (!document.activeElement || document.activeElement === document.body) {
        before?.focus();
      }
    };
  }, []);
  return (
    <div
      ref={box}
      className={`sp-Popover ${wide ? 'sp-mod-wide' : ''}`}
      role="dialog"
      aria-label={title}
      tabIndex={-1}
      style={place}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          onClose();
        }
      }}
    >
      <header>
        <strong>{title}</strong>
        <Button iconOnly icon={closeIcon} label={trans.__('Close')} onClick={onClose} />
      </header>
      {children}
    </div>
  );
}
