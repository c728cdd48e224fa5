/** What stands beside an answer's text: its model's thoughts, folded; a wait; a remark; its figures. */
import * as React from 'react';
import type { Message } from '../../api/schema';
import { ago } from '../../ui/time';
import { MeansContext } from '../markdown/drawing';
import { trans } from '../../ui/words';
import type { Beside } from './beside';
import { cost, seconds, speed } from './figures';

/** Draw again when something came beside this answer, at most once a frame. */
export function useBeside(beside: Beside, id: string): void {
  const [, redraw] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    let request = 0;
    const heard = (_: Beside, about: string): void => {
      if (about === id && !request) {
        request = requestAnimationFrame(() => {
          request = 0;
          redraw();
        });
      }
    };
    beside.changed.connect(heard);
    return () => {
      cancelAnimationFrame(request);
      beside.changed.disconnect(heard);
    };
  }, [beside, id]);
}

/** What the model thought before it answered; folded until somebody wants to read it. */
export function Thoughts(props: { beside: Beside; message: Message }): JSX.Element | null {
  const { beside, message } = props;
  const [isOpen, setOpen] = React.useState(false);
  const text = beside.thoughtsOf(message.id, message.thoughts);
  if (!text) {
    return null;
  }
  const isThinking = message.status === 'streaming' && message.thought_ms === null;
  const label = isThinking
    ? trans.__('Thinking…')
    : trans.__('Thought for %1', seconds(message.thought_ms ?? 0));
  return (
    <details className="sp-Thoughts" onToggle={event => setOpen(event.currentTarget.open)}>
      <summary>{label}</summary>
      {isOpen && (
        <div className="sp-Thoughts-text" tabIndex={0} aria-label={trans.__('What it thought')}>
          {text}
        </div>
      )}
    </details>
  );
}

/** That a model is asked again, and when; null where it is not. */
export function Again(props: { beside: Beside; message: Message }): JSX.Element | null {
  const wait = props.beside.waitOf(props.message.id);
  const [, tick] = React.useReducer((count: number) => count + 1, 0);
  React.useEffect(() => {
    const timer = wait ? setInterval(tick, 500) : undefined;
    return () => clearInterval(timer);
  }, [wait]);
  if (!wait) {
    return null;
  }
  const left = Math.ceil((wait.until - Date.now()) / 1000);
  return (
    <div className="sp-Again">
      {/* Said once; the seconds would be read out one by one. */}
      <span role="status">{wait.why}</span>
      <span className="sp-Again-when" aria-hidden="true">
        {left > 0 ? trans.__('Trying again in %1 s…', left) : trans.__('Trying again…')}
      </span>
    </div>
  );
}

/** Who answered, how much, how soon, how fast, for how much, when: what fits stands in a line. */
export function Byline(props: { message: Message }): JSX.Element {
  const { message } = props;
  const { usage, took } = message;
  const about = usage && !usage.is_counted ? '≈ ' : '';
  const tokens = usage?.completion_tokens;
  const rate = speed(message);
  const parts: Array<[string, string]> = [];
  const add = (text: string, title: string): void => {
    if (text) {
      parts.push([text, title]);
    }
  };
  const persona = React.useContext(MeansContext)?.personas?.personas.find(one => one.id === message.persona_id);
  add(persona ? `${persona.icon} ${persona.name}` : '', persona?.summary ?? '');
  const who = message.status === 'complete' ? trans.__('Without a model') : '';
  add(message.receipt?.model ?? who, message.receipt?.provider ?? '');
  if (tokens) {
    add(
      about + trans._n('%2 token', '%2 tokens', tokens, tokens.toLocaleString()),
      trans.__('Read %1, written %2', usage.prompt_tokens.toLocaleString(), tokens.toLocaleString())
    );
  }
  if (took && took.first_token_ms !== null && usage) {
    add(trans.__('first after %1', seconds(took.first_token_ms)), trans.__('Time to the first token'));
  }
  if (rate !== null) {
    const round = rate < 10 ? rate.toFixed(1) : Math.round(rate).toLocaleString();
    add(about + trans.__('%1 tokens/s', round), trans.__('After the first token'));
  }
  add(cost(message), trans.__('Cost'));
  add(ago(message.created_at), new Date(message.created_at).toLocaleString());
  return (
    <span className="sp-Answer-by">
      {parts.map(([text, title], index) => (
        <span key={index} title={title}>
          {text}
        </span>
      ))}
    </span>
  );
}
