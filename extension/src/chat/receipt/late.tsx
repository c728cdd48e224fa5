/** Receipts, whose code is fetched when there is something to say: typing does not wait for it. */
import * as React from 'react';
import { lazily } from '../../ui/lazily';
import type { ReceiptLineProps } from './Line';

let known: React.ComponentType<ReceiptLineProps> | null = null;

export function ReceiptLine(props: ReceiptLineProps): JSX.Element | null {
  const [View, setView] = React.useState(() => known);
  const isWanted = props.text.trim() !== '';
  React.useEffect(() => {
    if (isWanted && !View) {
      import('./Line').then(
        found => {
          known = found.ReceiptLine;
          setView(() => known);
        },
        // Without the line one can still ask; what is sent is shown with the answer.
        () => undefined
      );
    }
  }, [isWanted, View]);
  return View && <View {...props} />;
}

export const SentBody = lazily(() => import('./Sent').then(found => found.SentBody));
