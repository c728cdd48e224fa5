/** The list of models above the composer: one to ask, several at once, or one to replay on. */
import { checkIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { Model } from '../../api/schema';
import type { IModels } from '../../models/tokens';
import { Button } from '../../ui/Button';
import { SearchBox } from '../../ui/SearchBox';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { Engines } from '../engines';
import { MOST_MODELS, type ChatState, type Choosing } from '../state';

interface ModelListProps {
  state: ChatState;
  models: IModels;
  engines: Engines;
  choosing: Choosing;
  onReplay: (modelId: string) => void;
}

interface Row {
  id: string;
  name: string;
  group: string;
  detail: string;
  title: string;
  model: Model;
  /** Whether it can be ticked to be asked with others. */
  canTick: boolean;
}

const SEARCH_FROM = 8;

export function ModelList(props: ModelListProps): JSX.Element {
  const { state, models, engines, choosing } = props;
  useSignal(models.changed);
  useSignal(engines.changed);
  const box = React.useRef<HTMLDivElement>(null);
  const [query, setQuery] = React.useState('');
  const [ticked, setTicked] = React.useState<readonly string[]>(() => beginning(state, models, choosing));
  const taken = choosing.kind === 'compare' ? asked(state, choosing) : [];
  const most = MOST_MODELS - taken.length;
  const all = rows(models, choosing.kind).filter(({ id }) => !taken.includes(id));
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = all.filter(row =>
    words.every(word => `${row.name} ${row.detail} ${row.group}`.toLowerCase().includes(word))
  );
  const hasSearch = all.length > SEARCH_FROM;
  const canTick = choosing.kind !== 'replay';

  const close = (): void => {
    const composer = box.current?.closest('.sp-Composer');
    state.openModels(null);
    composer?.querySelector<HTMLElement>('.sp-Composer-input')?.focus();
  };
  React.useEffect(() => {
    const current = box.current?.querySelector<HTMLElement>('[aria-current=true], input, [role=option]');
    (hasSearch ? box.current?.querySelector<HTMLElement>('input') : current)?.focus();
    const away = (event: PointerEvent): void => {
      const node = event.target as Element;
      if (!box.current?.contains(node) && !node.closest('.sp-ModelPicker')) {
        state.openModels(null);
      }
    };
    document.addEventListener('pointerdown', away, true);
    return () => document.removeEventListener('pointerdown', away, true);
  }, []);

  const tick = (row: Row): void => {
    if (!row.canTick) {
      return;
    }
    const isOn = ticked.includes(row.id);
    if (!isOn && ticked.length >= most) {
      return;
    }
    const now = isOn ? ticked.filter(id => id !== row.id) : [...ticked, row.id];
    setTicked(now);
    if (choosing.kind === 'ask') {
      state.pick(now);
    }
  };
  const ask = (ids: readonly string[]): void => {
    if (choosing.kind === 'compare' && ids.length) {
      void state.compare(choosing.answer, ids);
      close();
    }
  };
  const take = (row: Row): void => {
    if (choosing.kind === 'replay') {
      props.onReplay(row.id);
      close();
    } else if (choosing.kind === 'compare') {
      tick(row);
    } else {
      state.pick(row.id ? [row.id] : []);
      close();
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const options = [...(box.current?.querySelectorAll<HTMLElement>('[role=option]') ?? [])];
    const at = options.indexOf(document.activeElement as HTMLElement);
    const move = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: options.length - 1 }[event.key];
    const isSearching = at < 0 && event.target instanceof HTMLInputElement;
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close();
    } else if (move !== undefined && !(isSearching && (event.key === 'Home' || event.key === 'End'))) {
      event.preventDefault();
      const search = box.current?.querySelector<HTMLElement>('input[type=search]');
      (move < 0 ? (search ?? options[0]) : options[Math.min(move, options.length - 1)])?.focus();
    } else if (event.key === 'Enter' && isSearching && shown[0]) {
      event.preventDefault();
      take(shown[0]);
    } else if (at >= 0 && (event.key === ' ' || event.key === 'Enter')) {
      event.preventDefault();
      if (event.key === ' ' && canTick && shown[at].canTick) {
        tick(shown[at]);
      } else if (choosing.kind === 'compare') {
        ask(ticked.length ? ticked : [shown[at].id]);
      } else if (ticked.length > 1 && ticked.includes(shown[at].id)) {
        close();
      } else {
        take(shown[at]);
      }
    }
  };

  const single = ticked.length === 1 ? all.find(({ id }) => id === ticked[0])?.model : undefined;
  return (
    <div
      ref={box}
      className="sp-ModelList"
      role="dialog"
      aria-label={title(choosing.kind)}
      onKeyDown={onKeyDown}
    >
      {choosing.kind !== 'ask' && <div className="sp-ModelList-title">{title(choosing.kind)}</div>}
      {hasSearch && <SearchBox label={trans.__('Search models')} value={query} onChange={setQuery} />}
      <div
        className="sp-ModelList-rows"
        role="listbox"
        aria-label={trans.__('Models')}
        aria-multiselectable={canTick}
      >
        {shown.map((row, index) => {
          const isTicked = ticked.includes(row.id);
          const isNew = row.group !== shown[index - 1]?.group;
          const ready = engines.readiness(row.model);
          const isCurrent = choosing.kind === 'ask' && isChosen(row, state, models);
          const isFull = !isTicked && ticked.length >= most;
          return (
            <React.Fragment key={`${row.group} ${row.id}`}>
              {isNew && row.group && (
                <div className="sp-ModelList-group" role="presentation">
                  {row.group}
                </div>
              )}
              <div
                className="sp-ModelRow"
                role="option"
                aria-selected={canTick ? isTicked : isCurrent}
                aria-current={isCurrent}
                tabIndex={-1}
                title={row.title}
                onClick={() => take(row)}
              >
                {canTick && (
                  <span
                    className={`sp-ModelRow-tick ${row.canTick ? '' : 'sp-mod-none'}`}
                    data-on={isTicked}
                    data-full={isFull}
                    title={
                      isFull
                        ? trans.__('At most %1 can answer at once', MOST_MODELS)
                        : isTicked
                          ? trans.__('Do not ask it with the others')
                          : trans.__('Ask it with the others')
                    }
                    onClick={event => {
                      event.stopPropagation();
                      tick(row);
                    }}
                  >
                    {isTicked && <checkIcon.react tag="span" width="12px" height="12px" />}
                  </span>
                )}
                <span className="sp-ModelRow-name">{row.name}</span>
                <span className="sp-ModelRow-detail">{row.detail}</span>
                {ready && <span className={`sp-ModelRow-state sp-mod-${ready.tone}`}>{ready.word}</span>}
              </div>
            </React.Fragment>
          );
        })}
        {shown.length === 0 && (
          <p className="sp-Quiet">
            {query
              ? trans.__('No model is called “%1”.', query)
              : trans.__('There is no other model. Connect one first.')}
          </p>
        )}
      </div>
      <div className="sp-ModelList-foot">
        {choosing.kind === 'ask' && ticked.length > 1 && (
          <label className="sp-ModelList-blind" title={trans.__('Their order is shuffled, and their names are shown when one is kept')}>
            <input
              type="checkbox"
              checked={state.isBlind}
              onChange={event => state.setBlind(event.target.checked)}
            />
            {trans.__('Hide names')}
          </label>
        )}
        {choosing.kind === 'ask' && ticked.length < 2 && single && !single.is_default && (
          <button type="button" className="sp-Link" onClick={() => void models.choose(single.id)}>
            {trans.__('Make it the default')}
          </button>
        )}
        {choosing.kind === 'ask' && ticked.length < 2 && !(single && !single.is_default) && (
          <span className="sp-Quiet">{trans.__('Tick up to four to compare')}</span>
        )}
        {choosing.kind === 'compare' && (
          <Button
            label={ticked.length > 1 ? trans._n('Ask %1 model', 'Ask %1 models', ticked.length) : trans.__('Ask')}
            kind="accept"
            disabled={ticked.length === 0}
            onClick={() => ask(ticked)}
          />
        )}
        <button
          type="button"
          className="sp-Link sp-ModelList-models"
          onClick={() => {
            state.openModels(null);
            models.show();
          }}
        >
          {trans.__('Models…')}
        </button>
      </div>
    </div>
  );
}

function title(kind: Choosing['kind']): string {
  switch (kind) {
    case 'ask':
      return trans.__('Models that answer');
    case 'compare':
      return trans.__('Compare with…');
    case 'replay':
      return trans.__('Replay on…');
  }
}

/** The models that gave an answer to the same question already. */
function asked(state: ChatState, choosing: { answer: { id: string } }): string[] {
  const answer = state.thread.get(choosing.answer.id);
  if (!answer) {
    return [];
  }
  const columns = state.thread.columns(answer);
  return (columns.length ? columns : [answer]).map(
    ({ receipt, model_id }) => receipt?.model_id ?? model_id
  );
}

function beginning(state: ChatState, models: IModels, choosing: Choosing): readonly string[] {
  if (choosing.kind !== 'ask') {
    return [];
  }
  // An alias is ticked as the model that it stands for.
  const own = (id: string): string =>
    models.models.find(({ aliases }) => aliases.includes(id))?.id ?? id;
  return state.picked.length
    ? [...new Set(state.picked.map(own))]
    : models.chosen
      ? [models.chosen.id]
      : [];
}

function isChosen(row: Row, state: ChatState, models: IModels): boolean {
  const { picked } = state;
  return picked.length ? picked.includes(row.id) : row.id === models.chosen?.id;
}

function rows(models: IModels, kind: Choosing['kind']): Row[] {
  const aliases = models.models.flatMap(model =>
    model.aliases.filter(alias => alias !== 'default').map(alias => ({ alias, model }))
  );
  const own = (model: Model): Row => ({
    id: model.id,
    name: model.name,
    group: model.provider_id === 'local' ? trans.__('This machine') : model.provider_name,
    detail: model.is_default ? trans.__('default') : '',
    title: model.is_local
      ? trans.__('Stays on this machine')
      : trans.__('Leaves this machine, to %1', model.address),
    model,
    canTick: true
  });
  const here = models.models.filter(({ provider_id }) => provider_id === 'local');
  const elsewhere = models.models.filter(({ provider_id }) => provider_id !== 'local');
  const named = aliases
    .sort((one, other) => one.alias.localeCompare(other.alias))
    .map(({ alias, model }): Row => ({
      ...own(model),
      id: alias,
      name: alias,
      group: trans.__('By purpose'),
      detail: model.name,
      canTick: false
    }));
  return [...(kind === 'compare' ? [] : named), ...here.map(own), ...elsewhere.map(own)];
}
