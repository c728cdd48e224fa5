/** A long text or a table that is pasted hangs on the question instead of flooding it. Pure. */
import type { Reference } from '../../api/schema';
import { trans } from '../../ui/words';

export interface Pasted {
  reference: Reference;
  /** Where in the text it would have gone. */
  at: number;
}

const LONG = 2000;
let number = 0;

/** What a paste becomes as a chip; null where it is small enough for the text. */
export function pasted(data: Pick<DataTransfer, 'getData'>, at: number): Pasted | null {
  const text = data.getData('text/plain');
  const isTable = isTabular(text) || (/<table[\s>]/i.test(data.getData('text/html')) && text.includes('\t'));
  if (text.length <= LONG && !isTable) {
    return null;
  }
  number += 1;
  return {
    at,
    reference: {
      kind: 'selection',
      name: isTable ? trans.__('pasted table') : trans.__('pasted text'),
      id: `pasted-${Date.now()}-${number}`,
      path: '',
      text,
      language: 'text'
    }
  };
}

/** Whether a text is rows of cells with tabs between them, as spreadsheets give them. */
export function isTabular(text: string): boolean {
  const lines = text.trimEnd().split('\n');
  const tabs = lines.map(line => line.split('\t').length - 1);
  return lines.length >= 3 && tabs[0] > 0 && tabs.every(count => count === tabs[0]);
}
