/** Where a question is written: what can be named while typing, chips, the model, Send and Stop. */
import { runIcon, stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Message, Reference, Template } from '../../api/schema';
import type { IModels } from '../../models/tokens';
import { Button } from '../../ui/Button';
import { lazily } from '../../ui/lazily';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import { ChipRow } from './Chips';
import { chipsOf, isNamed, isSame, unnamed } from './hanging';
import { complete, datasetAt, nameAt, type Known } from './completion';
import type { Engines } from '../engines';
import { MeansContext } from '../markdown/drawing';
import { GoesOn, ModelPicker } from './ModelPicker';
import type { Found } from './nameables';
import type { Names } from './names';
import { Offers, optionId, type OfferGroup } from './Offers';
import { pasted, type Pasted } from './paste';
import { ReceiptLine } from '../receipt/late';
import type { ChatState } from '../state';
import { ToolsSwitch } from './ToolsSwitch';

/** The choice of models is fetched when it is opened. */
const ModelList = lazily(async () => (await import('./ModelList')).ModelList);

const Queue = lazily(async () => (await import('./Queue')).Queue);

interface ComposerProps {
  state: ChatState;
  models: IModels;
  engines: Engines;
  names: Names;
  onReplay: (modelId: string) => void;
}

/** What is offered at the caret. */
interface Suggested {
  from: number;
  to: number;
  groups: readonly OfferGroup[];
  take: (key: string) => void;
}

export function Composer(props: ComposerProps): JSX.Element {
  const { state, models, names } = props;
  useSignal(models.changed);
  useSignal(names.changed);
  useSignal(names.finder.changed);
  const { personas = null } = React.useContext(MeansContext) ?? {};
  const input = React.useRef<HTMLTextAreaElement>(null);
  /** The template whose places are being filled. */
  const [filling, setFilling] = React.useState<Template | null>(null);
  const [text, setText] = React.useState(state.draft);
  const [caret, setCaret] = React.useState(text.length);
  const [isDismissed, setDismissed] = React.useState(true);
  const [selected, setSelected] = React.useState<string | null>(null);
  /** What hangs on the question, named in it or not; names that were taken back wait for an undo. */
  const [hung, setHung] = React.useState<readonly Reference[]>(state.chips);
  const taken = React.useRef<readonly Reference[]>(state.chips);
  const asking = React.useRef<Promise<void>>(Promise.resolve());
  const waits = React.useRef(0);
  /** The question that is being changed, where one is. */
  const [editing, setEditing] = React.useState<Message | null>(null);
  /** The text that became a chip a moment ago. */
  const [aside, setAside] = React.useState<Pasted | null>(null);
  const chips = chipsOf(
    text,
    hung.filter(chip => !isKnownName(chip, taken.current)),
    taken.current
  );

  const show = React.useCallback((now: string, references: readonly Reference[]): void => {
    const named = references.filter(reference => isNamed(reference, now));
    taken.current = named;
    setHung(references.filter(reference => !named.includes(reference)));
    setText(now);
    setCaret(now.length);
    setDismissed(true);
    setAside(null);
  }, []);

  React.useEffect(() => {
    const take = (): void => {
      setEditing(null);
      show(state.draft, state.chips);
    };
    state.draftChanged.connect(take);
    return () => {
      state.draftChanged.disconnect(take);
    };
  }, [state, show]);

  React.useLayoutEffect(() => {
    const node = input.current;
    if (node) {
      node.style.height = 'auto';
      const most = Math.max(80, window.innerHeight * 0.35);
      node.style.height = `${Math.min(node.scrollHeight, most)}px`;
      node.style.overflowY = node.scrollHeight > most ? 'auto' : 'hidden';
    }
  }, [text]);

  const dataset = datasetAt(text, caret);
  React.useEffect(() => {
    if (dataset) {
      void names.loadColumns(dataset);
    }
  }, [dataset, names]);
  const isCommand = !isDismissed && /^\/\w+\s/.test(text);
  React.useEffect(() => names.commands?.look(isCommand ? text : null, caret), [isCommand, text, caret, names]);
  useSignal<unknown, void>(names.commands?.changed ?? names.changed);
  const typed = isDismissed || text.startsWith('/') ? null : nameAt(text, caret);
  React.useEffect(() => names.finder.look(typed), [typed, names]);

  const keep = (now: string, references: readonly Reference[]): void => {
    if (!editing) {
      state.keepDraft(now, references);
    }
  };
  const change = (now: string, at: number): void => {
    setText(now);
    setCaret(at);
    setDismissed(false);
    setSelected(null);
    keep(now, chipsOf(now, hung, taken.current));
  };
  const hang = (references: readonly Reference[], now = text): void => {
    setHung(references);
    keep(now, chipsOf(now, references, taken.current));
  };

  /** Write as a person would, so that Ctrl+Z takes it back. */
  const write = (from: number, to: number, written: string): void => {
    const node = input.current;
    node?.focus();
    node?.setSelectionRange(from, to);
    if (!node || !document.execCommand('insertText', false, written)) {
      change(text.slice(0, from) + written + text.slice(to), from + written.length);
    }
  };

  const takeName = async (found: Found, from: number, to: number): Promise<void> => {
    const name = freeName(found, taken.current);
    // The chip is there with the name; what the tab sees of it follows.
    const blank = { kind: found.kind, name, id: found.id, path: '', text: '', language: '' };
    taken.current = [...taken.current.filter(one => one.name !== name), blank];
    write(from, to, text.slice(to).startsWith(' ') ? `@${name}` : `@${name} `);
    const reference = await found.source.take(found).catch(() => null);
    taken.current = taken.current.flatMap(one =>
      one === blank ? (reference ? [{ ...reference, name }] : []) : [one]
    );
    const now = input.current?.value ?? text;
    keep(now, chipsOf(now, hung, taken.current));
    setCaret(input.current?.selectionStart ?? caret);
    setHung(before => [...before]);
  };

  const removeChip = (chip: Reference): void => {
    setAside(null);
    if (isNamed(chip, text)) {
      taken.current = taken.current.filter(one => !isSame(one, chip));
      change(unnamed(text, chip.name), caret);
      setDismissed(true);
    }
    hang(hung.filter(one => !isSame(one, chip)), unnamed(text, chip.name));
  };

  const known: Known = { commands: state.commands, names: names.list, columns: name => names.columns(name) };
  const suggested = ((): Suggested | null => {
    if (isDismissed) {
      return null;
    }
    if (typed !== null) {
      const from = caret - typed.length - 1;
      const { groups } = names.finder;
      const find = (key: string): Found | undefined =>
        groups.flatMap(({ offers }) => offers).find(offer => offer.key === key);
      const shown = groups.map(({ label, offers }) => ({
        label,
        offers: offers.map(({ key, name, detail, kind }) => ({ key, label: `@${name}`, detail, kind }))
      }));
      const take = (key: string): void => {
        const found = find(key);
        if (found) {
          void takeName(found, from, caret);
        }
      };
      return shown.length ? { from, to: caret, groups: shown, take } : null;
    }
    const found = complete(text, caret, known) ?? names.commands?.at(text, caret) ?? null;
    const templates = templatesAt(text, caret, personas?.templates ?? []);
    if (!found && !templates.length) {
      return null;
    }
    const offers = (found?.offers ?? []).map(offer => ({ ...offer, key: offer.kind + offer.label, kind: undefined }));
    const take = (key: string): void => {
      const offer = offers.find(one => one.key === key);
      const template = templates.find(({ id }) => key === id);
      if (template) {
        change('', 0);
        setDismissed(true);
        setFilling(template);
      } else if (offer && found) {
        const end = text[found.to] === ' ' ? found.to + 1 : found.to;
        write(found.from, end, offer.insert);
      }
    };
    const groups = [
      { label: templates.length ? trans.__('Commands') : '', offers },
      {
        label: trans.__('Templates'),
        offers: templates.map(({ id, name, summary, text: whole }) => ({
          key: id,
          label: `/${name}`,
          detail: summary || whole
        }))
      }
    ];
    const shown = groups.filter(group => group.offers.length);
    return { from: found?.from ?? 0, to: found?.to ?? caret, groups: shown, take };
  })();
  const keys = suggested?.groups.flatMap(({ offers }) => offers.map(({ key }) => key)) ?? [];
  // Where nothing of it is typed yet an offer may be passed over: Enter sends.
  const isOptional = suggested !== null && suggested.from === suggested.to;
  const index = selected !== null && keys.includes(selected) ? keys.indexOf(selected) : isOptional ? -1 : 0;
  const shownKey = index >= 0 ? (keys[index] ?? null) : null;
  // What comes later does not move the selection.
  React.useEffect(() => {
    if (typed !== null && shownKey !== null) {
      setSelected(shownKey);
    }
  }, [typed, shownKey]);

  const isBusy = state.isAnswering;
  const isSendable = text.trim() !== '' && !(editing && isBusy);
  const send = (): void => {
    if (!isSendable) {
      return;
    }
    const asked = { text, chips };
    const question = editing;
    const ask = (references: readonly Reference[]): void =>
      void (question
        ? state.edit(question, asked.text, { references })
        : state.ask(asked.text, { references }));
    if (!question) {
      state.keepDraft('');
    }
    if (names.isLive(asked.chips) || waits.current) {
      // In the order in which they were written, however long it takes to see what one names.
      waits.current += 1;
      asking.current = Promise.all([names.taken(asked.chips), asking.current]).then(
        ([references]) => {
          waits.current -= 1;
          ask(references);
        }
      );
    } else {
      ask(asked.chips); // on its way before anything is drawn
    }
    setEditing(null);
    show(question ? state.draft : '', question ? state.chips : []);
  };

  const editLast = (): void => {
    const waiting = state.queue[state.queue.length - 1];
    if (waiting) {
      void state.changeQueued(waiting.id);
      return;
    }
    const last = [...state.thread.path].reverse().map(id => state.thread.get(id));
    const question = last.find(message => message?.role === 'user');
    if (question && !isBusy) {
      setEditing(question);
      show(question.text, question.references);
    }
  };
  const stopEditing = (): void => {
    setEditing(null);
    show(state.draft, state.chips);
  };

  const unpaste = (): void => {
    if (aside) {
      setAside(null);
      hang(hung.filter(one => !isSame(one, aside.reference)));
      write(aside.at, aside.at, aside.reference.text);
    }
  };
  const onPaste = (event: React.ClipboardEvent<HTMLTextAreaElement>): void => {
    const node = event.currentTarget;
    const found = pasted(event.clipboardData, node.selectionStart);
    if (found) {
      event.preventDefault();
      hang([...hung, found.reference]);
      setAside(found);
    }
  };

  const onKeyDown = (event: React.KeyboardEvent<HTMLTextAreaElement>): void => {
    // The Enter that ends an input method's composition is not ours.
    if (event.nativeEvent.isComposing || event.keyCode === 229) {
      return;
    }
    if (suggested) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        const by = event.key === 'ArrowDown' ? 1 : index < 0 ? 0 : -1;
        setSelected(keys[(index + by + keys.length) % keys.length]);
        return;
      }
      const isTaken = event.key === 'Tab' || (event.key === 'Enter' && index >= 0);
      if (isTaken && !event.shiftKey) {
        event.preventDefault();
        suggested.take(keys[Math.max(index, 0)]);
        return;
      }
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        setDismissed(true);
        return;
      }
    }
    const { selectionStart, selectionEnd } = event.currentTarget;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      send();
    } else if (event.key === 'Escape' && editing) {
      event.preventDefault();
      event.stopPropagation();
      stopEditing();
    } else if (event.key === 'Escape' && isBusy) {
      void state.stop();
    } else if (event.key === 'Backspace' && selectionStart + selectionEnd === 0 && chips.length) {
      event.preventDefault();
      removeChip(chips[chips.length - 1]);
    } else if (event.key === 'ArrowUp' && text === '' && !chips.length && !editing) {
      event.preventDefault();
      editLast();
    } else if (aside && event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      unpaste();
    }
  };

  const isStopping = state.stopping.size > 0 || state.sending?.isStopped === true;
  const listId = React.useId();
  return (
    <div className="sp-Composer">
      {state.queue.length + state.held.length > 0 && <Queue state={state} />}
      {state.choosing && (
        <ModelList
          key={state.choosing.kind}
          state={state}
          models={models}
          engines={props.engines}
          choosing={state.choosing}
          onReplay={props.onReplay}
        />
      )}
      <GoesOn state={state} models={models} isTyping={text.trim() !== ''} />
      {editing && (
        <div className="sp-Composer-note sp-mod-editing" role="status">
          {trans.__('Changing your last question: it is asked anew, on a branch of its own.')}{' '}
          <button type="button" className="sp-Link" onClick={stopEditing}>
            {trans.__('Cancel (Esc)')}
          </button>
        </div>
      )}
      {aside && (
        <div className="sp-Composer-note" role="status">
          {trans.__('%1 characters hang on the question as a chip.', aside.reference.text.length.toLocaleString())}{' '}
          <button type="button" className="sp-Link" onClick={unpaste}>
            {trans.__('Put them into the text (Ctrl+Z)')}
          </button>
        </div>
      )}
      {suggested && (
        <Offers id={listId} groups={suggested.groups} selected={shownKey} onTake={suggested.take} />
      )}
      {filling && personas && (
        <personas.Fill
          key={filling.id}
          template={filling}
          onDone={whole => {
            setFilling(null);
            write(0, text.length, whole);
            setDismissed(true);
          }}
          onCancel={() => {
            setFilling(null);
            input.current?.focus();
          }}
        />
      )}
      <div className="sp-Composer-box">
        <ChipRow chips={chips} onRemove={removeChip} />
        <textarea
          ref={input}
          className="sp-Composer-input"
          rows={1}
          value={text}
          placeholder={isBusy ? trans.__('Ask the next question…') : trans.__('Ask… (/ commands, @ names)')}
          aria-label={trans.__('Question')}
          role="combobox"
          aria-expanded={suggested !== null}
          aria-controls={suggested ? listId : undefined}
          aria-activedescendant={suggested && shownKey ? optionId(listId, shownKey) : undefined}
          aria-autocomplete="list"
          onChange={event => {
            setAside(null);
            change(event.target.value, event.target.selectionStart);
          }}
          onSelect={event => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onPaste={onPaste}
          onBlur={() => setDismissed(true)}
        />
        <div className="sp-Composer-foot">
          <ModelPicker state={state} models={models} />
          {personas && models.models.length > 0 && (
            <personas.Picker chosen={state.personaId} onChoose={id => state.setPersona(id)} />
          )}
          {models.models.length > 0 && <ToolsSwitch state={state} />}
          {isBusy && (
            <Button
              label={isStopping ? trans.__('Stopping…') : trans.__('Stop')}
              icon={stopIcon}
              disabled={isStopping}
              onClick={() => void state.stop()}
            />
          )}
          {(!isBusy || text.trim() !== '') && (
            <Button
              label={editing ? trans.__('Ask again') : isBusy ? trans.__('Queue') : trans.__('Send')}
              title={
                isBusy
                  ? trans.__('Ask this when the answer is there (Enter)')
                  : trans.__('Send (Enter); Shift+Enter begins a line')
              }
              icon={runIcon}
              kind="accept"
              disabled={!isSendable}
              onClick={send}
            />
          )}
        </div>
      </div>
      <ReceiptLine
        state={state}
        models={models}
        text={text}
        references={chips}
        parentId={editing ? editing.parent_id : undefined}
      />
    </div>
  );
}

/** The templates whose name is being written behind a slash. */
function templatesAt(text: string, caret: number, templates: readonly Template[]): readonly Template[] {
  const written = /^\/([\w-]*)$/.exec(text.slice(0, caret));
  const low = written?.[1].toLowerCase() ?? '';
  return written ? templates.filter(({ name }) => name.toLowerCase().includes(low)) : [];
}

function isKnownName(chip: Reference, taken: readonly Reference[]): boolean {
  return taken.some(one => isSame(one, chip));
}

/** A name that stands for one thing only in this question. */
function freeName({ kind, name, id }: Found, taken: readonly Reference[]): string {
  let free = kind === 'file' || kind === 'notebook' ? name.slice(name.lastIndexOf('/') + 1) : name;
  for (let number = 2; taken.some(one => one.name === free && one.id !== id); number += 1) {
    free = `${name}-${number}`;
  }
  return free;
}
