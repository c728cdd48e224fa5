/** What is in a dataset, large: its columns one by one, and what they say together. */
import * as React from 'react';
import type { Across, Column, Dataset, Profile as Known } from '../../api/schema';
import { Refusal } from '../../api/client';
import { Busy } from '../../ui/Busy';
import { Button } from '../../ui/Button';
import { Empty } from '../../ui/Empty';
import { ErrorNote } from '../../ui/ErrorNote';
import { SearchBox } from '../../ui/SearchBox';
import { useSize } from '../../ui/useSize';
import { trans } from '../../ui/words';
import { Chart } from '../Chart';
import { Facts, Values } from '../ColumnRow';
import { kindOf, meaningOf } from '../facts';
import { count, share } from '../words';
import { Together } from './Together';
import type { SectionProps } from './sections';
import '../../../style/profile.css';

const AT_ONCE = 40;
const LINKS = 300;

type Placed = [place: number, column: Column];

export function Profile({ dataset, state }: SectionProps): JSX.Element {
  const [known, setKnown] = React.useState<Known | null>(null);
  const [error, setError] = React.useState<Refusal | null>(null);
  const [again, setAgain] = React.useState(0);
  React.useEffect(() => {
    let isGone = false;
    const take = (found: Known): void => {
      if (!isGone) {
        setKnown(found);
        setError(null);
      }
    };
    const refuse = (reason: unknown): void => {
      if (!isGone) {
        setError(Refusal.from(reason));
      }
    };
    if (dataset.status === 'ready') {
      state.profile(dataset.id).then(take, refuse);
    } else if (dataset.status !== 'failed') {
      // A large file's first rows, until all of it is read; the figures are replaced in place.
      state.firstView(dataset.id).then(found => found && take(found), () => undefined);
    }
    return () => {
      isGone = true;
    };
  }, [dataset.id, dataset.modified, dataset.status, again]);
  if (error) {
    return <ErrorNote error={error} onRetry={() => setAgain(again + 1)} />;
  }
  return known ? (
    <Body dataset={dataset} known={known} />
  ) : dataset.status === 'failed' ? (
    <></>
  ) : (
    <Busy label={trans.__('Looking at its columns…')} />
  );
}

function Body({ dataset, known }: { dataset: Dataset; known: Known }): JSX.Element {
  const [query, setQuery] = React.useState('');
  const [from, setFrom] = React.useState(0);
  const [most, setMost] = React.useState(AT_ONCE);
  const [wanted, setWanted] = React.useState<number | null>(null);
  const body = React.useRef<HTMLDivElement>(null);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const all = known.columns.map((column, place): Placed => [place, column]);
  const fitting = words.length ? all.filter(([, column]) => fits(column, words)) : all;
  const shown = fitting.slice(from, from + most);
  const search = (text: string): void => {
    setQuery(text);
    setFrom(0);
    setMost(AT_ONCE);
  };
  const jump = (place: number): void => {
    const at = fitting.findIndex(([one]) => one === place);
    if (at < from || at >= from + most) {
      setFrom(Math.max(0, at - 2));
      setMost(AT_ONCE);
    }
    setWanted(place);
  };
  React.useEffect(() => {
    if (wanted !== null) {
      const card = body.current?.querySelector<HTMLElement>(`[data-place="${wanted}"]`);
      card?.scrollIntoView({ block: 'start' });
      card?.focus({ preventScroll: true });
      setWanted(null);
    }
  }, [wanted, from]);
  return (
    <div className="sp-Profile" ref={body}>
      <nav className="sp-Profile-jump" aria-label={trans.__('Columns of %1', dataset.name)}>
        <SearchBox label={trans.__('Search columns')} value={query} onChange={search} />
        <p className="sp-Quiet" role="status">
          {words.length
            ? trans.__('%1 of %2 columns', count(fitting.length), count(all.length))
            : trans._n('%2 column', '%2 columns', all.length, count(all.length))}
        </p>
        <ul>
          {fitting.slice(0, LINKS).map(([place, column]) => (
            <li key={place}>
              <button type="button" onClick={() => jump(place)} title={column.name}>
                <span>{column.name}</span>
                <small>{column.meaning ? meaningOf(column.meaning) : kindOf(column)}</small>
              </button>
            </li>
          ))}
        </ul>
        {fitting.length > LINKS && (
          <p className="sp-Quiet">
            {trans.__('… and %1 more: search for them.', count(fitting.length - LINKS))}
          </p>
        )}
      </nav>
      <div className="sp-Profile-body">
        <div role="status">
          {known.is_sample && (
            <p className="sp-Profile-sample">
              {trans.__(
                'A first view: the figures are those of the first %1 rows. The whole file is being read; exact figures replace these.',
                count(known.rows)
              )}
            </p>
          )}
        </div>
        {!words.length && from === 0 && (
          <>
            <Overview known={known} />
            <Remarks warnings={known.warnings} />
            {known.across && !known.is_sample && <Together across={known.across} rows={known.rows} />}
          </>
        )}
        {from > 0 && (
          <Button
            kind="quiet"
            label={trans.__('Show the columns before these')}
            onClick={() => {
              setFrom(Math.max(0, from - AT_ONCE));
              setMost(most + Math.min(from, AT_ONCE));
            }}
          />
        )}
        {!fitting.length && (
          <Empty
            title={trans.__('Nothing found')}
            text={trans.__("No column's name or kind holds '%1'.", query)}
          />
        )}
        <div className="sp-Profile-cards">
          {shown.map(([place, column]) => (
            <Card key={place} place={place} column={column} rows={known.rows} />
          ))}
        </div>
        {from + most < fitting.length && (
          <Button
            kind="quiet"
            label={trans.__(
              'Show %1 more of %2 columns',
              count(Math.min(AT_ONCE, fitting.length - from - most)),
              count(fitting.length)
            )}
            onClick={() => setMost(most + AT_ONCE)}
          />
        )}
      </div>
    </div>
  );
}

function fits(column: Column, words: string[]): boolean {
  const kind = column.meaning ? meaningOf(column.meaning) : '';
  const text = `${column.name} ${kindOf(column)} ${kind}`.toLowerCase();
  return words.every(word => text.includes(word));
}

function Overview({ known }: { known: Known }): JSX.Element {
  const cells = known.rows * known.columns.length;
  const empty = known.columns.reduce((sum, column) => sum + column.nulls, 0);
  const figures: Array<[string, string]> = [
    [trans.__('Rows'), count(known.rows)],
    [trans.__('Columns'), count(known.columns.length)],
    [trans.__('Empty cells'), cells && empty ? share(empty, cells) : trans.__('none')],
    [trans.__('Repeated rows'), repeated(known.across, known.rows)]
  ];
  return (
    <dl className="sp-Profile-overview">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function repeated(across: Across | null, rows: number): string {
  const many = across?.duplicate_rows ?? null;
  if (many === null) {
    return trans.__('not counted');
  }
  return many ? `${count(many)} (${share(many, rows)})` : trans.__('none');
}

const REMARKS = 6;

function Remarks({ warnings }: { warnings: readonly string[] }): JSX.Element | null {
  const [all, showAll] = React.useState(false);
  if (!warnings.length) {
    return null;
  }
  const shown = all ? warnings : warnings.slice(0, REMARKS);
  return (
    <section className="sp-Profile-remarks" aria-label={trans.__('Worth knowing')}>
      <h3>{trans.__('Worth knowing')}</h3>
      <ul>
        {shown.map((warning, place) => (
          <li key={place}>{warning}</li>
        ))}
      </ul>
      {shown.length < warnings.length && (
        <Button
          kind="quiet"
          label={trans.__('Show %1 more', count(warnings.length - shown.length))}
          onClick={() => showAll(true)}
        />
      )}
    </section>
  );
}

interface CardProps {
  place: number;
  column: Column;
  rows: number;
}

function Card({ place, column, rows }: CardProps): JSX.Element {
  const title = `sp-profile-column-${place}`;
  return (
    <section className="sp-ProfileCard" data-place={place} tabIndex={-1} aria-labelledby={title}>
      <header>
        <h3 id={title}>{column.name}</h3>
        <span className="sp-ProfileCard-kind">{kindOf(column)}</span>
        {column.meaning && (
          <span className="sp-ProfileCard-kind sp-mod-meaning">{meaningOf(column.meaning)}</span>
        )}
      </header>
      <Missing column={column} rows={rows} />
      <div className="sp-ProfileCard-body">
        <Picture column={column} />
        <Facts column={column} rows={rows} />
        <Values column={column} rows={rows} />
      </div>
    </section>
  );
}

function Missing({ column, rows }: { column: Column; rows: number }): JSX.Element {
  const there = rows ? (100 * (rows - column.nulls)) / rows : 0;
  return (
    <div
      className="sp-ProfileCard-there"
      role="img"
      aria-label={
        column.nulls
          ? trans.__('%1 of %2 rows are empty', count(column.nulls), count(rows))
          : trans.__('No row is empty')
      }
    >
      <span style={{ width: `${there}%` }} />
    </div>
  );
}

/** The bins as wide as the card, with the borders below. */
function Picture({ column }: { column: Column }): JSX.Element | null {
  const node = React.useRef<HTMLDivElement>(null);
  const { width } = useSize(node);
  const bins = column.histogram;
  if (!bins || bins.counts.length < 2) {
    return null;
  }
  return (
    <div className="sp-ProfileCard-picture" ref={node}>
      {width > 0 && <Chart column={column} width={width} height={90} />}
      <div className="sp-ProfileCard-ends" aria-hidden="true">
        <span>{column.minimum}</span>
        <span>{column.maximum}</span>
      </div>
    </div>
  );
}
