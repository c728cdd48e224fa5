/** The mark of a block that ran, failed, or was never run. */
import * as React from 'react';
import type { CodeBlock } from '../../api/schema';
import { ago } from '../../ui/time';
import { trans } from '../../ui/words';

/** Says by shape and word whether a block's present code ran; opens its runs. */
export function ProofMark(props: {
  block: CodeBlock;
  onOpen?: () => void;
  isOpen?: boolean;
}): JSX.Element {
  const { block } = props;
  const when = block.last_run_at ? ago(block.last_run_at) : '';
  const kind = block.last_outcome ?? 'never';
  const [sign, text, title] =
    kind === 'ok'
      ? [
          '✓',
          trans._n('ran once', 'ran %1 times', Math.max(1, block.ok_runs)),
          block.failed_runs
            ? trans.__('Proven: ran well %1 times, failed %2 times; last %3', block.ok_runs, block.failed_runs, when)
            : trans._n(
                'Proven: ran well once, %2',
                'Proven: ran well %1 times, last %2',
                Math.max(1, block.ok_runs),
                when
              )
        ]
      : kind === 'failed'
        ? [
            '✕',
            trans.__('failed'),
            trans.__('Failed %1: %2', when, block.last_error || trans.__('no reason was told'))
          ]
        : ['', trans.__('never run'), trans.__('This code has not been run from the library yet')];
  const content = (
    <>
      {sign && (
        <span className="sp-ProofMark-sign" aria-hidden="true">
          {sign}{' '}
        </span>
      )}
      {text}
    </>
  );
  const look = `sp-Outcome sp-ProofMark sp-mod-${kind}`;
  if (kind === 'never' || !props.onOpen) {
    return (
      <span className={look} title={title}>
        {content}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={look}
      title={title}
      aria-label={trans.__('%1. Show the runs of %2', title, block.name)}
      aria-expanded={props.isOpen}
      onClick={event => {
        event.stopPropagation();
        props.onOpen?.();
      }}
    >
      {content}
    </button>
  );
}
