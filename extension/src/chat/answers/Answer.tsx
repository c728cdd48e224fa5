/** An answer's text, part by part: a part that has ended is drawn once. */
import * as React from 'react';
import type { Message, ToolCall } from '../../api/schema';
import { CallCards, Code, FlowingProse, OutputView, Prose } from '../markdown/drawing';
import { Splitter, type ProseSegment, type Segment } from '../markdown/segments';

export function Answer(props: { message: Message; onStop: () => void }): JSX.Element {
  const { message, onStop } = props;
  const parts = React.useMemo(() => partsOf(message), [message]);
  return (
    <>
      {parts.map((part, index) => (
        <React.Fragment key={index}>
          <Part
            message={message}
            text={part.text}
            isFinal={message.status !== 'streaming' || index < parts.length - 1}
            outputs={index === 0 ? message.outputs : NONE}
          />
          {part.calls.length > 0 && (
            <CallCards message={message} calls={part.calls} onStop={onStop} />
          )}
        </React.Fragment>
      ))}
    </>
  );
}

const NONE: Message['outputs'] = [];

/** Cut an answer's text where its calls stand; the text between them is drawn by itself. */
export function partsOf(message: Message): { text: string; calls: ToolCall[] }[] {
  const { text } = message;
  const parts: { text: string; calls: ToolCall[] }[] = [];
  let from = 0;
  for (const call of message.calls) {
    const last = parts[parts.length - 1];
    if (last && call.at <= from) {
      last.calls.push(call);
    } else {
      parts.push({ text: text.slice(from, call.at), calls: [call] });
      from = call.at;
    }
  }
  return [...parts, { text: text.slice(from), calls: [] }];
}

/** Text without a call in it. */
function Part(props: {
  message: Message;
  text: string;
  isFinal: boolean;
  outputs: Message['outputs'];
}): JSX.Element {
  const { message, isFinal } = props;
  const segments = useSegments(props.text, isFinal);
  const outputs = props.outputs.map((output, index) => (
    <OutputView key={`output-${index}`} output={output} />
  ));
  return (
    <>
      {segments.map((segment, index) =>
        goesOn(segments[index - 1]) && !(index === 1 && outputs.length) ? null : segment.kind === 'code' ? (
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
        ) : segment.flows ? (
          <FlowingProse key={index} texts={flowFrom(segments, index)} />
        ) : (
          <Prose key={index} text={segment.text} />
        )
      )}
      {segments[0]?.kind !== 'prose' && outputs}
    </>
  );
}

function goesOn(segment: Segment | undefined): boolean {
  return segment?.kind === 'prose' && segment.flows === true;
}

/** The pieces of a paragraph that is too long to be drawn again as a whole. */
function flowFrom(segments: readonly Segment[], index: number): string[] {
  const texts: string[] = [];
  for (let at = index; segments[at]?.kind === 'prose'; at += 1) {
    const segment = segments[at] as ProseSegment;
    texts.push(segment.text);
    if (!segment.flows) {
      break;
    }
  }
  return texts;
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
