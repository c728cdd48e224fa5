/** Draws the small button that asks a model what a block does, and its proposal. Fetches nothing. */
import * as React from 'react';
import type { CodeBlock } from '../../api/schema';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { AboutBlocks } from '../sources/about';

interface DescribeProps {
  block: CodeBlock;
  about: AboutBlocks;
  onTake: (description: string) => void;
}

export function Describe({ block, about, onTake }: DescribeProps): JSX.Element {
  useSignal(about.changed);
  const proposal = about.proposal?.blockId === block.id ? about.proposal : null;
  return (
    <div className="sp-Describe" aria-live="polite">
      {proposal ? (
        <>
          <span className="sp-Describe-text">{proposal.description}</span>
          <span className="sp-Quiet">{trans.__('says %1', proposal.model)}</span>
          <Button
            label={trans.__('Take it')}
            kind="accept"
            onClick={() => {
              onTake(proposal.description);
              about.drop();
            }}
          />
          <Button label={trans.__('No')} kind="quiet" onClick={() => about.drop()} />
        </>
      ) : (
        <Button
          label={about.isAsking ? trans.__('Asking…') : trans.__('Describe with a model')}
          title={trans.__('Sends the code to the model that was chosen last; changes nothing by itself')}
          kind="quiet"
          disabled={about.isAsking}
          onClick={() => void about.describe(block)}
        />
      )}
      {about.error ? <ErrorNote error={about.error} /> : null}
    </div>
  );
}
