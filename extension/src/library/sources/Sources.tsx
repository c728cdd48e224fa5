/** Draws where a block came from; each line opens the place. Fetches nothing. */
import * as React from 'react';
import type { BlockClaim, BlockSource, CodeBlock } from '../../api/schema';
import { ago } from '../../ui/time';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { AboutBlocks } from './about';

interface SourcesProps {
  block: CodeBlock;
  about: AboutBlocks;
  open: (source: BlockSource) => void;
}

export function Sources({ block, about, open }: SourcesProps): JSX.Element | null {
  useSignal(about.changed);
  React.useEffect(() => void about.look(block), [about, block]);
  const sources = about.of(block.id)?.sources ?? [];
  const claims = about.of(block.id)?.claims ?? [];
  if (!sources.length) {
    return null;
  }
  return (
    <section className="sp-Detail-section sp-Sources" aria-label={trans.__('Where it came from')}>
      <h3>{trans.__('From')}</h3>
      <ul>
        {sources.map(source => (
          <li key={source.id}>
            {source.message_id || source.path ? (
              <button
                type="button"
                className="sp-Link"
                title={source.path || undefined}
                onClick={() => open(source)}
              >
                {placeOf(source)}
              </button>
            ) : (
              <span>{placeOf(source)}</span>
            )}
            <span className="sp-Quiet">{ago(source.noted_at)}</span>
          </li>
        ))}
      </ul>
      {claims.map(claim => (
        <p key={claim.label} className="sp-Quiet">
          {claimWords(claim)}
        </p>
      ))}
    </section>
  );
}

/** What a bundle says of a block's runs where it comes from: said there, not proven here. */
function claimWords({ label, proof }: BlockClaim): string {
  const runs = trans._n('%1 good run', '%1 good runs', proof.ok_runs, proof.ok_runs);
  const failed = proof.failed_runs
    ? trans._n(', %1 failed', ', %1 failed', proof.failed_runs, proof.failed_runs)
    : '';
  const packages = Object.entries(proof.packages)
    .slice(0, 4)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
  return packages
    ? trans.__('%1 tells of %2 elsewhere, with %3.', label, runs + failed, packages)
    : trans.__('%1 tells of %2 elsewhere.', label, runs + failed);
}

/** Name a place: `Answer in “Sales by month”`, `Cell in sales.ipynb`. */
export function placeOf(source: BlockSource): string {
  const file = source.label || source.path.split('/').pop() || '';
  switch (source.kind) {
    case 'answer':
      return source.label ? trans.__('Answer in “%1”', source.label) : trans.__('An answer in the chat');
    case 'cell':
      return file ? trans.__('Cell in %1', file) : trans.__('A cell');
    case 'selection':
      return file ? trans.__('Selection in %1', file) : trans.__('A selection');
    case 'file':
      return source.line ? trans.__('%1, line %2', file, source.line) : file;
    case 'import':
      return file ? trans.__('Imported from %1', file) : trans.__('Imported');
    default:
      return trans.__('Pasted');
  }
}
