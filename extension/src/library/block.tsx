/** The pieces that the list and the open block share: what can be done, and how it went. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { addBelowIcon, copyIcon, deleteIcon, runIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { BlockSource, CodeBlock } from '../api/schema';
import { Button } from '../ui/Button';
import { ago } from '../ui/time';
import { trans } from '../ui/words';
import type { AboutBlocks } from './sources/about';
import type { CodeMeans } from './code/CodeText';
import type { Deleted } from './bulk/deleted';
import type { FieldsMaking } from './fields/fieldsMaking';
import { replaceIcon } from './icons';
import type { Look } from './list/look';
import type { Many } from './bulk/many';
import type { Proofs } from './proof/proofs';
import type { LibraryState } from './state';

/** What the panel's buttons do. */
export interface LibraryDeeds {
  insert(block: CodeBlock, run: boolean): void;
  /** Put it in the active cell's place. */
  replace(block: CodeBlock): void;
  copy(block: CodeBlock): void;
  remove(block: CodeBlock): void;
  openNotebook(path: string): void;
  saveActiveCell(): void;
  /** Ask for code that is typed or pasted. */
  newBlock(): void;
  /** Show a place that a block came from. */
  openSource(source: BlockSource): void;
  drag(event: React.MouseEvent, block: CodeBlock, begins: () => void): void;
  /** Make the open block what it was, with a way back. */
  restoreRevision(revisionId: string): void;
  /** Move the panel to the main area, or back to the side. */
  move(toMain: boolean): void;
}

export interface LibraryViewProps {
  /** The lab, for what the panel makes in it. */
  app: JupyterFrontEnd;
  state: LibraryState;
  /** Where blocks came from, and what could be said of them. */
  about: AboutBlocks;
  many: Many;
  deleted: Deleted;
  look: Look;
  proofs: Proofs;
  /** What makes fields of a block's values; fetched when it is used. */
  fieldsMaking: () => Promise<FieldsMaking>;
  deeds: LibraryDeeds;
  means: CodeMeans;
  /** Whether the panel stands in the main area. */
  isMain: boolean;
  /** Who sits here, as the server knows them. */
  person: string;
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
        label={trans.__('Insert into cell')}
        icon={addBelowIcon}
        iconOnly
        onClick={() => deeds.insert(block, false)}
      />
      <Button
        label={trans.__('Insert and run')}
        icon={runIcon}
        iconOnly
        onClick={() => deeds.insert(block, true)}
      />
      <Button
        label={trans.__('Replace the cell')}
        icon={replaceIcon}
        iconOnly
        onClick={() => deeds.replace(block)}
      />
      <Button label={trans.__('Copy')} icon={copyIcon} iconOnly onClick={() => deeds.copy(block)} />
      {props.canRemove && (
        <Button
          label={trans.__('Delete')}
          icon={deleteIcon}
          iconOnly
          onClick={() => deeds.remove(block)}
        />
      )}
    </>
  );
}

/** Whether a block's present code ran, and when. */
export function OutcomeMark(props: { block: CodeBlock; isShort?: boolean }): JSX.Element {
  const { block, isShort } = props;
  const when = block.last_run_at ? ago(block.last_run_at) : '';
  if (block.last_outcome === 'ok') {
    return (
      <span className="sp-Outcome sp-mod-ok" title={trans.__('Ran without an error %1', when)}>
        {isShort ? '✓' : trans.__('✓ ran %1', when)}
      </span>
    );
  }
  if (block.last_outcome === 'failed') {
    return (
      <span className="sp-Outcome sp-mod-failed" title={`${block.last_error} (${when})`}>
        {isShort ? '✕' : trans.__('✕ failed %1', when)}
      </span>
    );
  }
  return (
    <span
      className="sp-Outcome"
      title={trans.__('This code has not been run from the library yet')}
    >
      {isShort ? '·' : trans.__('never run')}
    </span>
  );
}

/** How often a block was used, in words; nothing where it never was. */
export function usedWords({ uses }: CodeBlock): string {
  return uses ? trans._n('used once', 'used %1 times', uses, uses) : '';
}

/** The same, and how its present code went. */
export function usedTitle(block: CodeBlock): string {
  const { ok_runs: ok, failed_runs: failed } = block;
  return [
    usedWords(block),
    ok ? trans._n('ran well once', 'ran well %1 times', ok, ok) : '',
    failed ? trans._n('failed once', 'failed %1 times', failed, failed) : ''
  ]
    .filter(Boolean)
    .join(', ');
}
