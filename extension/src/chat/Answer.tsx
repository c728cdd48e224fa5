/** An answer's text, part by part: a part that has ended is drawn once. */
import * as React from 'react';
import type { Message } from '../api/schema';
import { Code, OutputView, Prose } from './drawing';
import { Splitter, type Segment } from './segments';

export function Answer(props: { message: Message }): JSX.Element {
  const { message } = props;
  const isFinal = message.status !== 'streaming';
  const segments = useSegments(message.text, isFinal);
  const outputs = message.outputs.map((output, index) => (
    <OutputView key={`output-${index}`} output={output} />
  ));
  return (
    <>
      {segments.map((segment, index) =>
        segment.kind === 'code' ? (
          <Code
            key={index}
            code={segment.code}
            language={segment.language}
            closed={segment.closed || isFinal}
            messageId={message.id}
          />
        ) : index === 0 && outputs.length ? (
          <Led key={index} text={segment.text}>
            {outputs}
          </Led>
        ) : (
          <Prose key={index} text={segment.text} />
        )
      )}
      {segments[0]?.kind !== 'prose' && outputs}
    </>
  );
}

/** What a command found follows its first sentence, and what else there is to say follows that. */
function Led(props: { text: string; children: React.ReactNode }): JSX.Element {
  const [, lead, rest] = /^\s*([^\s#>|<-][^\n]*)\n\s*\n([^]*)$/.exec(props.text) ?? [null, props.text, ''];
  return (
    <>
      <Prose text={lead} />
      {props.children}
      {rest.trim() && <Prose text={rest} />}
    </>
  );
}

/** Split a growing text; what was read is not read again. */
function useSegments(text: string, isFinal: boolean): Segment[] {
  const held = React.useRef({ splitter: new Splitter(), text: '', isEnded: false });
  return React.useMemo(() => {
    const { current } = held;
    if (current.isEnded || !text.startsWith(current.text)) {
      held.current = { splitter: new Splitter(), text: '', isEnded: false };
    }
    const now = held.current;
    now.splitter.push(text.slice(now.text.length));
    now.text = text;
    if (isFinal) {
      now.splitter.end();
      now.isEnded = true;
    }
    return now.splitter.segments();
  }, [text, isFinal]);
}
