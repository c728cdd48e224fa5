/** The picture, table or text that a block showed last; fetched when it comes into view. */
import * as React from 'react';
import type { CodeBlock } from '../../api/schema';
import { trans } from '../../ui/words';
import { Bundle } from './Bundle';
import type { Proofs } from './proofs';

/** How high it is drawn on a card, in pixels. */
export const LAST_OUTPUT_HEIGHT = 104;

const MOST_KEPT = 200;
const kept = new Map<string, Record<string, string> | null>();

interface LastOutputProps {
  block: CodeBlock;
  proofs: Proofs;
  /** Its own height, not a card's. */
  isWhole?: boolean;
}

export function LastOutput(props: LastOutputProps): JSX.Element | null {
  const { block, proofs, isWhole } = props;
  if (!block.output_id) {
    return null;
  }
  return (
    <div
      className={`sp-LastOutput ${isWhole ? 'sp-mod-whole' : ''}`}
      style={isWhole ? undefined : { height: LAST_OUTPUT_HEIGHT - 8 }}
    >
      <RunOutput
        blockId={block.id}
        useId={block.output_id}
        proofs={proofs}
        label={trans.__('What “%1” showed last', block.name)}
      />
    </div>
  );
}

/** What one run showed. */
export function RunOutput(props: {
  blockId: string;
  useId: string;
  proofs: Proofs;
  label: string;
}): JSX.Element {
  const { blockId, useId, proofs, label } = props;
  const host = React.useRef<HTMLDivElement>(null);
  const [data, setData] = React.useState(kept.get(useId));
  React.useEffect(() => {
    const known = kept.get(useId);
    setData(known);
    if (known !== undefined || !host.current) {
      return;
    }
    let isShown = true;
    const watch = new IntersectionObserver(entries => {
      if (!entries.some(entry => entry.isIntersecting)) {
        return;
      }
      watch.disconnect();
      void fetchOutput(proofs, blockId, useId).then(found => isShown && setData(found));
    });
    watch.observe(host.current);
    return () => {
      isShown = false;
      watch.disconnect();
    };
  }, [blockId, useId, proofs]);
  return (
    <div ref={host} role="group" aria-label={label} className="sp-RunOutput">
      {data && <Bundle rendermime={proofs.rendermime} data={data} label={label} />}
      {data === null && <span className="sp-Quiet">{trans.__('What it showed is not kept.')}</span>}
    </div>
  );
}

async function fetchOutput(
  proofs: Proofs,
  blockId: string,
  useId: string
): Promise<Record<string, string> | null> {
  let found: Record<string, string> | null = null;
  try {
    const output = await proofs.sponde.api.call('GET /code-blocks/{block_id}/outputs/{use_id}', {
      path: { block_id: blockId, use_id: useId }
    });
    found = output.data;
  } catch {
    return null; // a decoration: what is wrong with the server is said elsewhere
  }
  kept.set(useId, found);
  if (kept.size > MOST_KEPT) {
    kept.delete(kept.keys().next().value as string);
  }
  return found;
}
