/** Drags a block out of the panel: a notebook takes it as a cell, the chat as a chip. */
import type * as React from 'react';
import type { CodeBlock } from '../../api/schema';
import { watchDrag as watch } from '../../ui/drag';
import { trans } from '../../ui/words';

/** Wait whether the pressed mouse moves far enough to mean a drag; `begins` is told when it does. */
export function watchDrag(
  event: React.MouseEvent,
  block: CodeBlock,
  source: string,
  begins: () => void,
  ended: () => void
): void {
  const { id, name, code, language } = block;
  watch(
    event,
    () => ({
      label: trans.__('%1 (Shift: replace the cell)', name),
      cell: {
        cell_type: language === 'markdown' ? 'markdown' : 'code',
        source,
        metadata: { sponde: { block_id: id } }
      },
      text: code,
      reference: { kind: 'code_block', name, id, path: '', text: '', language: '' }
    }),
    begins,
    ended
  );
}
