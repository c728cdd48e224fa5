/** Draws what a block needs and brings. Fetches nothing. */
import * as React from 'react';
import type { CodeFacts } from '../../api/schema';
import { Chip } from '../../ui/Chip';
import { trans } from '../../ui/words';

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
