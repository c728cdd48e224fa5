/** The pieces that the list and the open block share: what can be done, and how it went. */
import { addBelowIcon, copyIcon, deleteIcon, runIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { CodeBlock } from '../api/schema';
import { Button } from '../ui/Button';
import { ago } from '../ui/time';
import type { CodeMeans } from './CodeText';
import type { LibraryState } from './state';

/** What the panel's buttons do. */
export interface LibraryDeeds {
  insert(block: CodeBlock, run: boolean): void;
  copy(block: CodeBlock): void;
  remove(block: CodeBlock): void;
  openNotebook(path: string): void;
  saveActiveCell(): void;
  drag(event: React.MouseEvent, block: CodeBlock, begins: () => void): void;
}

export interface LibraryViewProps {
  state: LibraryState;
  deeds: LibraryDeeds;
  means: CodeMeans;
  /** Filled with the search input, so that a command can give it the keyboard. */
  search: React.RefObject<HTMLInputElement>;
}

/** What can be done with a block, as icons. */
export function BlockDeeds(props: {
  block: CodeBlock;
  deeds: LibraryDeeds;
  canRemove?: boolean;
}): JSX.Element {
  const { block, deeds } = props;
  return (
    <>
      <Button
        label="Insert into cell"
        icon={addBelowIcon}
        iconOnly
        onClick={() => deeds.insert(block, false)}
      />
      <Button
        label="Insert and run"
        icon={runIcon}
        iconOnly
        onClick={() => deeds.insert(block, true)}
      />
      <Button label="Copy" icon={copyIcon} iconOnly onClick={() => deeds.copy(block)} />
      {props.canRemove && (
        <Button label="Delete" icon={deleteIcon} iconOnly onClick={() => deeds.remove(block)} />
      )}
    </>
  );
}

/** Whether a block's present code ran, and when. */
export function OutcomeMark({ block }: { block: CodeBlock }): JSX.Element {
  const when = block.last_run_at ? ago(block.last_run_at) : '';
  if (block.last_outcome === 'ok') {
    return (
      <span className="sp-Outcome sp-mod-ok" title={`Ran without an error ${when}`}>
        ✓ ran {when}
      </span>
    );
  }
  if (block.last_outcome === 'failed') {
    return (
      <span className="sp-Outcome sp-mod-failed" title={`${block.last_error} (${when})`}>
        ✕ failed {when}
      </span>
    );
  }
  return (
    <span className="sp-Outcome" title="This code has not been run from the library yet">
      never run
    </span>
  );
}

