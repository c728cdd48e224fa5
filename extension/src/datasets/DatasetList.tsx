/** The list of datasets: in groups that fold, with counts; the arrows go from one to the next. */
import { caretDownIcon, caretRightIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Button } from '../ui/Button';
import { useSignal } from '../ui/useSignal';
import { trans } from '../ui/words';
import { DatasetRow, type Deeds } from './DatasetRow';
import { folderOf, grouped, type Group, type Grouping, type Shown } from './finding';
import { DRAWN_AT_ONCE, Shelves } from './shelves';
import type { DatasetsState } from './state';
import { count } from './words';

interface DatasetListProps {
  state: DatasetsState;
  shown: Shown[];
  deeds: Deeds;
}

export function DatasetList({ state, shown, deeds }: DatasetListProps): JSX.Element {
  const shelves = React.useMemo(() => new Shelves(window.localStorage), []);
  useSignal(shelves.changed);
  const { datasets, query } = state;
  const canGroup = React.useMemo(
    () => new Set(datasets.map(folderOf)).size > 1 || datasets.some(one => one.tags.length > 0),
    [datasets]
  );
  const by = canGroup ? shelves.by : 'none';
  const groups = React.useMemo(() => grouped(shown, by), [shown, by]);
  useNewcomers(shown, by, shelves);
  return (
    <div className="sp-Datasets-all" onKeyDown={walk}>
      {datasets.length > 1 && (
        <div className="sp-Datasets-bar">
          <span role="status">
            {query.trim()
              ? trans.__('%1 of %2', count(shown.length), count(datasets.length))
              : trans._n('%2 dataset', '%2 datasets', datasets.length, count(datasets.length))}
          </span>
          {canGroup && <GroupBy by={shelves.by} choose={given => shelves.group(given)} />}
        </div>
      )}
      {by === 'none' ? (
        <Rows group={groups[0]} shelves={shelves} state={state} deeds={deeds} label={trans.__('Datasets')} />
      ) : (
        groups.map(group => {
          // What the search finds is shown, folded or not.
          const isFolded = shelves.isFolded(group.key) && !query.trim();
          const Caret = isFolded ? caretRightIcon : caretDownIcon;
          return (
            <section key={group.key} className="sp-Datasets-group" aria-label={group.label}>
              <h3>
                <button
                  type="button"
                  className="sp-Datasets-fold"
                  data-walk="group"
                  aria-expanded={!isFolded}
                  title={group.label}
                  onClick={() => shelves.fold(group.key)}
                >
                  <Caret.react tag="span" width="16px" height="16px" />
                  <span className="sp-Datasets-label">{group.label}</span>
                  <span
                    className="sp-Datasets-count"
                    aria-label={trans._n('%2 dataset', '%2 datasets', group.shown.length, count(group.shown.length))}
                  >
                    {count(group.shown.length)}
                  </span>
                </button>
              </h3>
              {!isFolded && (
                <Rows
                  group={group}
                  shelves={shelves}
                  state={state}
                  deeds={deeds}
                  label={trans.__('Datasets in %1', group.label)}
                />
              )}
            </section>
          );
        })
      )}
    </div>
  );
}

/** What comes in open is seen: its group unfolds, and the list goes there. */
function useNewcomers(shown: readonly Shown[], by: Grouping, shelves: Shelves): void {
  const known = React.useRef<Set<string> | null>(null);
  React.useEffect(() => {
    const before = known.current;
    known.current = new Set([...(before ?? []), ...shown.map(one => one.dataset.id)]);
    const fresh = before && shown.find(one => one.isOpen && !before.has(one.dataset.id));
    if (fresh) {
      grouped([fresh], by).forEach(group => shelves.isFolded(group.key) && shelves.fold(group.key, false));
      document.querySelector(`.sp-Datasets [data-dataset="${fresh.dataset.name}"]`)?.scrollIntoView({ block: 'nearest' });
    }
  }, [shown, by, shelves]);
}

interface GroupByProps {
  by: Grouping;
  choose: (by: Grouping) => void;
}

function GroupBy({ by, choose }: GroupByProps): JSX.Element {
  return (
    <label>
      <span>{trans.__('Group by')}</span>
      <select value={by} onChange={event => choose(event.target.value as Grouping)}>
        <option value="folder">{trans.__('folder')}</option>
        <option value="tag">{trans.__('tag')}</option>
        <option value="none">{trans.__('nothing')}</option>
      </select>
    </label>
  );
}

interface RowsProps {
  group: Group | undefined;
  shelves: Shelves;
  state: DatasetsState;
  deeds: Deeds;
  label: string;
}

function Rows({ group, shelves, state, deeds, label }: RowsProps): JSX.Element | null {
  if (!group) {
    return null;
  }
  const { key, shown } = group;
  const more = shown.length - shelves.drawn(key);
  return (
    <>
      <ul className="sp-Datasets" aria-label={label}>
        {shown.slice(0, shelves.drawn(key)).map(one => (
          <Row key={one.dataset.id} shown={one} state={state} deeds={deeds} />
        ))}
      </ul>
      {more > 0 && (
        <div className="sp-Columns-more">
          <Button
            kind="quiet"
            label={trans.__('Show %1 more of %2', count(Math.min(DRAWN_AT_ONCE, more)), count(shown.length))}
            onClick={() => shelves.drawMore(key)}
          />
        </div>
      )}
    </>
  );
}

/** A closed row is drawn again only where its dataset changed: there may be hundreds. */
const Row = React.memo(
  DatasetRow,
  (before, after) =>
    !before.shown.isOpen &&
    !after.shown.isOpen &&
    before.shown.dataset === after.shown.dataset &&
    before.deeds === after.deeds
);

/** Up and down go from one to the next, left closes, right opens. */
function walk(event: React.KeyboardEvent<HTMLElement>): void {
  const from = (event.target as HTMLElement).closest<HTMLElement>('[data-walk]');
  if (!from || event.altKey || event.ctrlKey || event.metaKey) {
    return;
  }
  const isExpanded = from.getAttribute('aria-expanded') === 'true';
  if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
    if (isExpanded === (event.key === 'ArrowLeft')) {
      event.preventDefault();
      from.click();
    }
    return;
  }
  const stops = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-walk]')];
  const at = stops.indexOf(from);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: stops.length - 1 }[event.key];
  if (to !== undefined && stops[to]) {
    event.preventDefault();
    stops[to].focus();
  }
}
