/** Draws a text with what was looked for marked in it. */
import * as React from 'react';
import type { Span } from './spans';

export function Marked({ text, spans }: { text: string; spans: readonly Span[] }): JSX.Element {
  if (!spans.length) {
    return <>{text}</>;
  }
  const parts: React.ReactNode[] = [];
  let at = 0;
  for (const { start, end } of spans) {
    parts.push(text.slice(at, start), <mark key={start} className="sp-Mark">{text.slice(start, end)}</mark>);
    at = end;
  }
  return (
    <>
      {parts}
      {text.slice(at)}
    </>
  );
}
