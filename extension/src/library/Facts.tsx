/** Draws what a block needs and brings, and where it was used. Fetches nothing. */
import * as React from 'react';
import type { CodeFacts, Use } from '../api/schema';
import { Chip } from '../ui/Chip';
import { ago } from '../ui/time';
import { trans } from '../ui/words';

export function Facts({ facts }: { facts: CodeFacts }): JSX.Element | null {
  const rows: Array<[string, string[]]> = [
    [trans.__('Needs'), facts.needs],
    [trans.__('Imports'), facts.imports],
    [trans.__('Defines'), facts.defines],
    [trans.__('Datasets'), facts.datasets],
    [trans.__('Columns'), facts.columns]
  ];
  const told = rows.filter(([, names]) => names.length);
  if (!told.length) {
    return null;
  }
  return (
    <dl className="sp-Facts">
      {told.map(([label, names]) => (
        <React.Fragment key={label}>
          <dt>{label}</dt>
          <dd>
            {names.map(name => (
              <Chip key={name} label={name} />
            ))}
          </dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

export function Uses(props: {
  uses: Use[];
  count: number;
  openNotebook: (path: string) => void;
}): JSX.Element | null {
  if (!props.uses.length) {
    return null;
  }
  return (
    <section className="sp-Detail-section">
      <h3>{trans._n('Used once', 'Used %1 times', props.count, props.count)}</h3>
      <ul>
        {props.uses.map(use => (
          <li key={use.id}>
            <span className={`sp-Outcome sp-mod-${use.outcome}`} title={use.error_message}>
              {use.outcome === 'ok' ? '✓' : use.outcome === 'failed' ? '✕' : '·'}
            </span>
            {use.notebook ? (
              <button
                type="button"
                className="sp-Link"
                title={use.notebook}
                onClick={() => props.openNotebook(use.notebook)}
              >
                {use.notebook.split('/').pop()}
              </button>
            ) : (
              <span>{trans.__('a kernel')}</span>
            )}
            <span className="sp-Quiet">{ago(use.used_at)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
