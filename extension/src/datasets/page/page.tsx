/** A dataset on a page of its own: its table, its profile, its problems, its history. */
import * as React from 'react';
import type { Api } from '../../api/client';
import { Refusal } from '../../api/client';
import { Busy } from '../../ui/Busy';
import { Empty } from '../../ui/Empty';
import { ErrorNote } from '../../ui/ErrorNote';
import { lazily } from '../../ui/lazily';
import { useSignal } from '../../ui/useSignal';
import { trans } from '../../ui/words';
import type { DatasetsState } from '../state';
import { Vanished } from '../Vanished';
import { count, size } from '../words';
import { sections, type PageDeeds, type Section, type SectionProps } from './sections';
import '../../../style/datagrid.css';

export interface DatasetPageProps {
  state: DatasetsState;
  api: Api;
  id: string;
  deeds: PageDeeds;
  /** The part to begin with. */
  section?: string;
}

const views = new Map<string, React.ComponentType<SectionProps>>();

function viewOf(section: Section): React.ComponentType<SectionProps> {
  const known = views.get(section.id) ?? lazily(section.load);
  views.set(section.id, known);
  return known;
}

export function DatasetPage({ state, api, id, deeds, section = '' }: DatasetPageProps): JSX.Element {
  useSignal(state.changed);
  const parts = [...sections].sort((a, b) => a.rank - b.rank);
  const [chosen, choose] = React.useState(section || parts[0].id);
  const seen = React.useRef(new Set<string>());
  const dataset = state.find(id);
  if (!dataset) {
    return state.loaded ? (
      <Empty
        title={trans.__('This dataset was removed')}
        text={trans.__('Its file is where it was: add it again in the Data panel.')}
      />
    ) : (
      <Busy label={trans.__('Looking for datasets…')} />
    );
  }
  const shown = parts.find(part => part.id === chosen) ?? parts[0];
  seen.current.add(shown.id);
  const isReady = dataset.status === 'ready';
  const isGone = dataset.is_gone && dataset.status === 'failed';
  return (
    <div className="sp-DatasetPage">
      <header className="sp-DatasetPage-head">
        <h2>{dataset.name}</h2>
        <span className="sp-Quiet">
          {[
            dataset.rows !== null && trans._n('%2 row', '%2 rows', dataset.rows, count(dataset.rows)),
            dataset.columns !== null &&
              trans._n('%2 column', '%2 columns', dataset.columns, count(dataset.columns)),
            size(dataset.bytes),
            dataset.path
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
        <div className="sp-Tabs" role="tablist" aria-label={trans.__('Parts of %1', dataset.name)}>
          {parts.map((part, place) => (
            <button
              key={part.id}
              type="button"
              role="tab"
              id={`sp-tab-${id}-${part.id}`}
              aria-selected={part === shown}
              aria-controls={`sp-part-${id}-${part.id}`}
              tabIndex={part === shown ? 0 : -1}
              onClick={() => choose(part.id)}
              onKeyDown={event => {
                const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
                if (step) {
                  const next = parts[(place + step + parts.length) % parts.length];
                  choose(next.id);
                  document.getElementById(`sp-tab-${id}-${next.id}`)?.focus();
                }
              }}
            >
              {part.label()}
            </button>
          ))}
        </div>
      </header>
      {isGone && <Vanished dataset={dataset} deeds={deeds} />}
      {dataset.status === 'failed' && dataset.failure && !isGone && (
        <ErrorNote
          error={new Refusal(0, 'failed', dataset.failure.message, dataset.failure.hint)}
          onRetry={() => void state.add(dataset.path, dataset.part)}
        />
      )}
      {!isReady && dataset.status !== 'failed' && shown.id !== 'table' && (
        <Busy label={trans.__('Reading the file…')} />
      )}
      {parts
        .filter(part => seen.current.has(part.id))
        .map(part => {
          const View = viewOf(part);
          return (
            <div
              key={part.id}
              id={`sp-part-${id}-${part.id}`}
              className="sp-DatasetPage-part"
              role="tabpanel"
              aria-labelledby={`sp-tab-${id}-${part.id}`}
              hidden={part !== shown}
            >
              <View dataset={dataset} state={state} api={api} show={choose} deeds={deeds} />
            </div>
          );
        })}
    </div>
  );
}
