/** Draws that a search found nothing, and what would help. */
import * as React from 'react';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { trans } from '../../ui/words';
import type { Finding } from './finding';

const MOST_COUNTED = 100;

export function NothingFound({ finding }: { finding: Finding }): JSX.Element {
  const { chips, text, without } = finding;
  const asked = [...chips, text.trim()].filter(Boolean).join(' ');
  return (
    <Empty
      title={trans.__('Nothing holds %1', asked)}
      text={
        without.length
          ? without
              .map(one =>
                one.blocks >= MOST_COUNTED
                  ? trans.__('Without %1, %2 blocks and more do.', one.filter, MOST_COUNTED)
                  : trans._n(
                      'Without %2, one block does.',
                      'Without %2, %1 blocks do.',
                      one.blocks,
                      one.filter
                    )
              )
              .join(' ')
          : trans.__(
              'No block has all of this in its code, name, description or tags. Try fewer words, or a part of one.'
            )
      }
    >
      {without.map(one => (
        <Button
          key={one.filter}
          label={trans.__('Search without %1', one.filter)}
          onClick={() => void finding.drop(one.filter)}
        />
      ))}
      <Button label={trans.__('Show all blocks')} onClick={() => void finding.clear()} />
    </Empty>
  );
}
