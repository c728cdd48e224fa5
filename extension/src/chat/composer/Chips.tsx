/** Chips: what hangs on a question, to be opened, and removed where it is being written. */
import {
  codeIcon,
  fileIcon,
  kernelIcon,
  notebookIcon,
  textEditorIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Reference, ReferenceKind } from '../../api/schema';
import { chatIcon, datasetsIcon, libraryIcon } from '../../ui/icons';
import { trans } from '../../ui/words';
import { told } from './hanging';

/** Shows what a reference names. */
export const OpenContext = React.createContext<(reference: Reference) => void>(() => undefined);

const ICONS: Record<ReferenceKind, LabIcon> = {
  dataset: datasetsIcon,
  code_block: libraryIcon,
  notebook: notebookIcon,
  cell: codeIcon,
  selection: textEditorIcon,
  variable: kernelIcon,
  file: fileIcon,
  conversation: chatIcon,
  quote: chatIcon
};

export function ChipIcon(props: { kind: ReferenceKind }): JSX.Element {
  const Icon = ICONS[props.kind] ?? fileIcon;
  return <Icon.react tag="span" className="sp-RefChip-icon" width="14px" height="14px" />;
}

interface RowProps {
  chips: readonly Reference[];
  /** Left out where they cannot be removed any more. */
  onRemove?: (chip: Reference) => void;
}

export function ChipRow(props: RowProps): JSX.Element | null {
  const { chips, onRemove } = props;
  const row = React.useRef<HTMLUListElement>(null);
  // The newest is seen.
  React.useLayoutEffect(() => {
    row.current?.scrollTo(0, row.current.scrollHeight);
  }, [chips.length]);
  const removed = React.useRef<{ at: number; composer?: Element | null } | null>(null);
  // When it is gone the keyboard goes on to the next chip, or back to the text.
  React.useLayoutEffect(() => {
    if (!removed.current) {
      return;
    }
    const { at, composer } = removed.current;
    removed.current = null;
    const left = row.current?.querySelectorAll<HTMLElement>('.sp-RefChip-open') ?? [];
    (left[Math.min(at, left.length - 1)] ?? composer?.querySelector('textarea'))?.focus();
  }, [chips.length]);
  if (!chips.length) {
    return null;
  }
  const remove = (chip: Reference, at: number): void => {
    removed.current = { at, composer: row.current?.closest('.sp-Composer') };
    onRemove?.(chip);
  };
  return (
    <ul ref={row} className="sp-RefChips" aria-label={trans.__('Named in the question')}>
      {chips.map((chip, at) => (
        <li key={`${chip.kind}:${chip.id}:${chip.path}`}>
          <RefChip chip={chip} onRemove={onRemove && (() => remove(chip, at))} />
        </li>
      ))}
    </ul>
  );
}

function RefChip(props: { chip: Reference; onRemove?: () => void }): JSX.Element {
  const { chip, onRemove } = props;
  const open = React.useContext(OpenContext);
  return (
    <span className="sp-RefChip" data-kind={chip.kind} title={told(chip)}>
      <button
        type="button"
        className="sp-RefChip-open"
        aria-label={trans.__('Open %1', chip.name)}
        onClick={() => open(chip)}
        onKeyDown={event => {
          if (onRemove && (event.key === 'Backspace' || event.key === 'Delete')) {
            event.preventDefault();
            onRemove();
          }
        }}
      >
        <ChipIcon kind={chip.kind} />
        <span className="sp-RefChip-name">{chip.name}</span>
      </button>
      {onRemove && (
        <button
          type="button"
          className="sp-RefChip-remove"
          aria-label={trans.__('Remove %1', chip.name)}
          title={trans.__('Remove (Backspace)')}
          onClick={onRemove}
        >
          ×
        </button>
      )}
    </span>
  );
}

/** A name in a question that was asked. */
export function NameChip(props: { reference: Reference; text: string }): JSX.Element {
  const { reference, text } = props;
  const open = React.useContext(OpenContext);
  return (
    <button
      type="button"
      className="sp-Reference"
      title={told(reference)}
      onClick={() => open(reference)}
    >
      {text}
    </button>
  );
}
