/** The runs behind a block's mark, to believe it. */
import * as React from 'react';
import type { CodeBlock, Proof as Proven, Use } from '../../api/schema';
import { ErrorNote } from '../../ui/ErrorNote';
import { useSignal } from '../../ui/useSignal';
import { ago, duration } from '../../ui/time';
import { trans } from '../../ui/words';
import { RunOutput } from './LastOutput';
import { ProofMark } from './ProofMark';
import type { Proofs } from './proofs';

/** The mark, and below it, when it is opened, every run. */
export function Proof({ block, proofs }: { block: CodeBlock; proofs: Proofs }): JSX.Element {
  useSignal(proofs.changed);
  const isOpen = proofs.shownFor === block.id;
  return (
    <section className="sp-Proof" aria-label={trans.__('Proof')}>
      <div className="sp-Proof-head">
        <ProofMark block={block} isOpen={isOpen} onOpen={() => proofs.show(isOpen ? '' : block.id)} />
        {block.last_run_at && <span className="sp-Quiet">{ago(block.last_run_at)}</span>}
        {Object.keys(block.proven_with).length > 0 && (
          <span className="sp-Quiet sp-Proof-with">
            {trans.__('with %1', packagesText(block.proven_with))}
          </span>
        )}
      </div>
      {isOpen && <Runs block={block} proofs={proofs} />}
    </section>
  );
}

function Runs({ block, proofs }: { block: CodeBlock; proofs: Proofs }): JSX.Element {
  const [proof, setProof] = React.useState<Proven | null>(null);
  const [error, setError] = React.useState<unknown>(null);
  const [limit, setLimit] = React.useState(20);
  const [tries, setTries] = React.useState(0);
  React.useEffect(() => {
    let isShown = true;
    proofs.sponde.api
      .call('GET /code-blocks/{block_id}/proof', { path: { block_id: block.id }, query: { limit } })
      .then(
        found => {
          if (isShown) {
            setProof(found);
            setError(null);
          }
        },
        reason => isShown && setError(reason)
      );
    return () => {
      isShown = false;
    };
  }, [proofs, block.id, block.last_run_at, block.updated_at, limit, tries]);
  if (error) {
    return <ErrorNote error={error} onRetry={() => setTries(tries + 1)} />;
  }
  if (!proof) {
    return <div className="sp-Quiet">{trans.__('Loading…')}</div>;
  }
  return (
    <>
      {proof.moved.length > 0 && (
        <div className="sp-Proof-moved" role="note">
          {proof.moved.map(one => (
            <div key={one.name}>{movedText(one)}</div>
          ))}
        </div>
      )}
      {!proof.runs.length && <div className="sp-Quiet">{trans.__('No run was kept.')}</div>}
      <ol className="sp-Runs">
        {proof.runs.map(run => (
          <Run key={run.id} run={run} isPresent={run.code_hash === proof.code_hash} proofs={proofs} />
        ))}
      </ol>
      {proof.runs.length < proof.total && (
        <button type="button" className="sp-Link" onClick={() => setLimit(limit + 50)}>
          {trans.__('Show more of the %1 runs', proof.total)}
        </button>
      )}
    </>
  );
}

interface RunProps {
  run: Use;
  /** Whether it ran the block's present code. */
  isPresent: boolean;
  proofs: Proofs;
}

function Run({ run, isPresent, proofs }: RunProps): JSX.Element {
  const isOk = run.outcome === 'ok';
  const moment = run.ended_at ?? run.used_at;
  const figures = [
    run.seconds === null ? '' : duration(run.seconds),
    run.peak_bytes === null ? '' : memoryText(run.peak_bytes)
  ].filter(Boolean);
  const how =
    run.measured === 'sampled'
      ? trans.__('Most memory beyond what its process held before, looked at several times a second')
      : trans.__('Most memory beyond what its process held before, by the system’s own mark');
  const datasets = Object.entries(run.datasets);
  return (
    <li className={`sp-Run sp-mod-${run.outcome} ${isPresent ? '' : 'sp-mod-earlier'}`}>
      <details>
        <summary>
          <span className="sp-ProofMark-sign" aria-hidden="true">
            {isOk ? '✓' : '✕'}
          </span>
          <span className="sp-Run-how">{isOk ? trans.__('ran') : run.error_name || trans.__('failed')}</span>
          <span className="sp-Run-place">{placeText(run)}</span>
          <span className="sp-Quiet" title={new Date(moment).toLocaleString()}>
            {ago(moment)}
          </span>
          {figures.length > 0 && (
            <span className="sp-Quiet" title={how}>
              {figures.join(' · ')}
            </span>
          )}
          {!isPresent && <span className="sp-Quiet">{trans.__('an earlier text')}</span>}
        </summary>
        <div className="sp-Run-body">
          {!isOk && (
            <code className="sp-Run-error">{[run.error_name, run.error_message].filter(Boolean).join(': ')}</code>
          )}
          {run.note && <div>{run.note}</div>}
          <dl className="sp-Facts">
            <dt>{trans.__('When')}</dt>
            <dd>{new Date(moment).toLocaleString()}</dd>
            {run.peak_bytes !== null && (
              <>
                <dt>{trans.__('Memory')}</dt>
                <dd title={how}>{memoryText(run.peak_bytes)} <span className="sp-Quiet">({how})</span></dd>
              </>
            )}
            {Object.keys(run.packages).length > 0 && (
              <>
                <dt>{trans.__('Packages')}</dt>
                <dd>{packagesText(run.packages)}</dd>
              </>
            )}
            {datasets.length > 0 && (
              <>
                <dt>{trans.__('Datasets')}</dt>
                <dd>
                  {datasets.map(([name, version]) => (
                    <div key={name}>
                      {name}: {version}
                    </div>
                  ))}
                </dd>
              </>
            )}
          </dl>
          {run.has_output && (
            <RunOutput
              blockId={run.block_id}
              useId={run.id}
              proofs={proofs}
              label={trans.__('What this run showed')}
            />
          )}
        </div>
      </details>
      {run.notebook && (
        <button
          type="button"
          className="sp-Link"
          title={trans.__('Open %1 at this cell', run.notebook)}
          onClick={() => proofs.openCell(run.notebook, run.cell_id)}
        >
          {trans.__('Open the cell')}
        </button>
      )}
    </li>
  );
}

function placeText(run: Use): string {
  const notebook = run.notebook.split('/').pop() ?? '';
  switch (run.place) {
    case 'try':
      return trans.__('tried');
    case 'call':
      return notebook ? trans.__('called in %1', notebook) : trans.__('called');
    case 'magic':
      return notebook ? trans.__('%use in %1', notebook) : trans.__('%use');
    default:
      return notebook ? trans.__('in %1', notebook) : trans.__('in a kernel');
  }
}

export function packagesText(packages: Record<string, string>): string {
  return Object.entries(packages)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}

/** Such as “Proven with pandas 2.2.3; here is 3.1.1”. */
function movedText(moved: { name: string; was: string; now: string }): string {
  return moved.now
    ? trans.__('Proven with %1 %2; here is %3.', moved.name, moved.was, moved.now)
    : trans.__('Proven with %1 %2; here it is not installed.', moved.name, moved.was);
}

/** Bytes as people say them. */
export function memoryText(bytes: number): string {
  const mega = bytes / 1e6;
  return mega >= 1000 ? `${(mega / 1000).toFixed(1)} GB` : `${mega >= 10 ? Math.round(mega) : mega.toFixed(1)} MB`;
}
