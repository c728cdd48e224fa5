/** A button beside what is selected in an answer: it hangs on the next question as a quote. */
import * as React from 'react';
import type { Reference } from '../../api/schema';
import { Button } from '../../ui/Button';
import { trans } from '../../ui/words';
import type { ChatState } from '../state';

interface Selected {
  reference: Reference;
  left: number;
  top: number;
}

export function Quote(props: { state: ChatState; onQuote: (quote: Reference) => void }): JSX.Element | null {
  const { onQuote } = props;
  const place = React.useRef<HTMLSpanElement>(null);
  const [selected, setSelected] = React.useState<Selected | null>(null);
  React.useEffect(() => {
    const look = (): void => {
      const panel = place.current?.closest<HTMLElement>('.sp-Chat');
      const found = panel ? quoteIn(panel) : null;
      const range = found && window.getSelection()?.getRangeAt(0).getBoundingClientRect();
      const box = panel?.getBoundingClientRect();
      setSelected(
        found && range && box
          ? {
              reference: found,
              left: Math.max(8, Math.min(range.left - box.left, box.width - 90)),
              top: Math.max(44, Math.min(range.bottom - box.top + 4, box.height - 40))
            }
          : null
      );
    };
    // Once the mouse rests: a button that follows it would be in its way.
    const hide = (): void => {
      if (window.getSelection()?.isCollapsed) {
        setSelected(null);
      }
    };
    document.addEventListener('mouseup', look);
    document.addEventListener('keyup', look);
    document.addEventListener('selectionchange', hide);
    return () => {
      document.removeEventListener('mouseup', look);
      document.removeEventListener('keyup', look);
      document.removeEventListener('selectionchange', hide);
    };
  }, []);
  const take = (quote: Reference): void => {
    window.getSelection()?.removeAllRanges();
    setSelected(null);
    onQuote(quote);
  };
  return (
    <span ref={place} className="sp-Quote" style={selected ? { left: selected.left, top: selected.top } : undefined}>
      {selected && (
        <span
          // Taken as it is pressed: an answer that is drawn anew forgets what was selected in it.
          onMouseDown={event => {
            event.preventDefault();
            take(selected.reference);
          }}
        >
          <Button
            label={trans.__('Quote')}
            title={trans.__('Ask about this part (Alt+Q)')}
            onClick={() => take(selected.reference)}
          />
        </span>
      )}
    </span>
  );
}

/** What is selected in one answer of a panel, as a reference. */
export function quoteIn(panel: HTMLElement): Reference | null {
  const selection = window.getSelection();
  const text = selection?.toString().trim() ?? '';
  const within = (node: Node | null | undefined): HTMLElement | null => {
    const element = node instanceof Element ? node : (node?.parentElement ?? null);
    return element?.closest<HTMLElement>('.sp-Answer') ?? null;
  };
  const answer = within(selection?.anchorNode);
  if (!text || !answer || !panel.contains(answer) || answer !== within(selection?.focusNode)) {
    return null;
  }
  return quoteOf(answer, text);
}

/** The words of the answer that has the keyboard, as a reference: for those who select nothing. */
export function answerIn(panel: HTMLElement): Reference | null {
  const answer = document.activeElement?.closest<HTMLElement>('.sp-Answer');
  const prose = answer && panel.contains(answer) ? [...answer.querySelectorAll<HTMLElement>('.sp-Prose')] : [];
  const text = prose.map(({ innerText }) => innerText.trim()).join('\n\n');
  return answer && text ? quoteOf(answer, text) : null;
}

function quoteOf(answer: HTMLElement, text: string): Reference {
  const id = answer.closest<HTMLElement>('[data-id]')?.dataset.id ?? '';
  const first = text.split(/\s+/).slice(0, 6).join(' ');
  return {
    kind: 'quote',
    name: first.length > 36 ? `${first.slice(0, 35)}…` : first + (first.length < text.length ? '…' : ''),
    id: `${id}:${text.length}:${first.slice(0, 24)}`,
    path: '',
    text,
    language: ''
  };
}
