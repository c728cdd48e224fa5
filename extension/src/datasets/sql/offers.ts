/** What may be typed next in SQL: datasets, their columns, functions, keywords. Fetches nothing. */
import type { SqlFunction } from '../../api/schema';
import { piecesOf, plain, quoted, statementAt, type Piece } from './statements';

export interface Offer {
  /** What is put there. */
  text: string;
  kind: 'dataset' | 'column' | 'alias' | 'function' | 'keyword';
  /** What it is, in a few words. */
  detail: string;
}

export interface Known {
  datasets: ReadonlyArray<{ name: string; detail: string }>;
  functions: readonly SqlFunction[];
  keywords: readonly string[];
  /** The columns of a dataset, by its name in lower case. */
  columns: (dataset: string) => Promise<ReadonlyArray<{ name: string; type: string }>>;
}

export interface Offers {
  /** Where what is offered takes the place of what was typed. */
  start: number;
  offers: Offer[];
}

/** Words after which a table is named. */
const BEFORE_TABLES = new Set(['from', 'join', 'describe', 'summarize', 'table']);
/** Words that end the list of tables. */
const AFTER_TABLES = new Set(
  'where group order having limit select qualify window union except intersect offset set using on'.split(' ')
);
const NO_ALIAS = new Set(
  'where group order having limit select qualify window union except intersect offset set using on join left right full inner outer cross natural asof semi anti positional pivot unpivot tablesample as'.split(
    ' '
  )
);
/** Those that people mean first. */
const USUAL =
  'select from where group by order having limit as and or not in is null like ilike between case when then else end join left inner full cross on using distinct with union all desc asc over partition cast count sum avg min max'.split(
    ' '
  );
/** Names that must stand in quotes. */
const RESERVED = new Set(
  'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default deferrable desc describe distinct do else end except false fetch for foreign from group having in initially intersect into lateral leading limit not null offset on only or order pivot placing primary qualify references returning select show some summarize symmetric table then to trailing true union unique unpivot using variadic when where window with'.split(
    ' '
  )
);

const isReserved = (word: string): boolean => RESERVED.has(word);

/** A table that a statement names, and the name that its columns are called by. */
interface Named {
  table: string;
  alias: string;
}

export async function offersAt(sql: string, offset: number, known: Known): Promise<Offers> {
  const begun = /(?:"[^"]*|[\p{L}_][\p{L}\p{N}_$]*)$/u.exec(sql.slice(0, offset))?.[0] ?? '';
  const start = offset - begun.length;
  const none = { start, offers: [] };
  const statement = statementAt(sql, offset) ?? { start: 0, end: sql.length, text: sql };
  const pieces = piecesOf(statement.text).map(piece => ({
    ...piece,
    start: piece.start + statement.start,
    end: piece.end + statement.start
  }));
  const inside = pieces.find(piece => piece.start < offset && offset <= piece.end);
  const isOpenText = inside?.kind === 'text' && (offset < inside.end || !/'$|\$$/.test(inside.text.slice(1)));
  if (inside && (inside.kind === 'number' || inside.kind === 'remark' || isOpenText)) {
    return none;
  }
  const before = pieces.filter(piece => piece.end <= start && piece.kind !== 'remark');
  const last = before[before.length - 1];
  const named = tablesOf(pieces);
  if (last?.text === '.') {
    const owner = before[before.length - 2];
    return owner ? { start, offers: await columnsOf(plain(owner.text), named, known) } : none;
  }
  if (isAmongTables(before)) {
    return { start, offers: [...datasets(known), ...ctes(pieces)] };
  }
  const columns = await Promise.all(
    [...new Set(named.map(one => one.table))].map(table => columnsOf(table, named, known))
  );
  const aliases = named
    .filter(one => one.alias !== one.table)
    .map((one): Offer => ({ text: quoted(one.alias, isReserved), kind: 'alias', detail: one.table }));
  return {
    start,
    offers: unique([...columns.flat(), ...aliases, ...ctes(pieces), ...words(known, begun), ...datasets(known)])
  };
}

/** Those that fit what was begun: what begins so first, then what has it somewhere. */
export function fitting(offers: readonly Offer[], begun: string): Offer[] {
  const wanted = plain(begun).toLowerCase();
  const place = (offer: Offer): number => plain(offer.text).toLowerCase().indexOf(wanted);
  const begins = offers.filter(offer => place(offer) === 0);
  return [...begins, ...offers.filter(offer => place(offer) > 0)];
}

function words(known: Known, begun: string): Offer[] {
  const isUpper = !/[a-z]/.test(begun);
  const spell = (word: string): string => (isUpper ? word.toUpperCase() : word);
  const usual = USUAL.filter(word => known.keywords.includes(word));
  const rest = known.keywords.filter(word => !usual.includes(word));
  return [
    ...usual.map((word): Offer => ({ text: spell(word), kind: 'keyword', detail: '' })),
    ...known.functions.map(
      (one): Offer => ({
        text: `${one.name}(`,
        kind: 'function',
        detail: [one.signature, one.description].filter(Boolean).join('\n\n')
      })
    ),
    ...rest.map((word): Offer => ({ text: spell(word), kind: 'keyword', detail: '' }))
  ];
}

const datasets = (known: Known): Offer[] =>
  known.datasets.map(({ name, detail }) => ({ text: quoted(name, isReserved), kind: 'dataset', detail }));

/** Names that the statement itself gives to tables: WITH totals AS (…). */
function ctes(pieces: readonly Piece[]): Offer[] {
  const found: Offer[] = [];
  pieces.forEach((piece, place) => {
    const isNamed = pieces[place + 1]?.text.toLowerCase() === 'as' && pieces[place + 2]?.text === '(';
    const leads = /^(with|,|recursive)$/i.test(pieces[place - 1]?.text ?? '');
    if (isNamed && leads && (piece.kind === 'word' || piece.kind === 'name')) {
      found.push({ text: quoted(plain(piece.text), isReserved), kind: 'alias', detail: '' });
    }
  });
  return found;
}

/** Whether what comes next is a table: behind FROM and JOIN, and behind a comma in their list. */
function isAmongTables(before: readonly Piece[]): boolean {
  let depth = 0;
  for (let place = before.length - 1; place >= 0; place--) {
    const word = before[place].text.toLowerCase();
    if (word === ')') {
      depth++;
    } else if (word === '(') {
      if (depth === 0) {
        return false;
      }
      depth--;
    } else if (depth === 0 && before[place].kind === 'word') {
      if (BEFORE_TABLES.has(word)) {
        return place === before.length - 1 || before[before.length - 1].text === ',';
      }
      if (AFTER_TABLES.has(word)) {
        return false;
      }
    }
  }
  return false;
}

/** The tables that a statement names, with what else they are called. */
function tablesOf(pieces: readonly Piece[]): Named[] {
  const found: Named[] = [];
  const code = pieces.filter(piece => piece.kind !== 'remark');
  const isName = (piece?: Piece): boolean => piece?.kind === 'word' || piece?.kind === 'name';
  code.forEach((piece, place) => {
    const leads = BEFORE_TABLES.has(piece.text.toLowerCase()) && piece.kind === 'word';
    const follows = piece.text === ',' && isAmongTables(code.slice(0, place + 1));
    const table = code[place + 1];
    if (!(leads || follows) || !isName(table)) {
      return;
    }
    let next = code[place + 2];
    if (next?.text.toLowerCase() === 'as') {
      next = code[place + 3];
    }
    const hasAlias = isName(next) && !(next.kind === 'word' && NO_ALIAS.has(next.text.toLowerCase()));
    const name = plain(table.text);
    found.push({ table: name, alias: hasAlias ? plain(next.text) : name });
  });
  return found;
}

async function columnsOf(owner: string, named: readonly Named[], known: Known): Promise<Offer[]> {
  const lower = owner.toLowerCase();
  const meant = named.find(one => one.alias.toLowerCase() === lower)?.table ?? owner;
  const columns = await known.columns(meant.toLowerCase());
  return columns.map(({ name, type }) => ({
    text: quoted(name, isReserved),
    kind: 'column',
    detail: `${type} · ${meant}`
  }));
}

function unique(offers: readonly Offer[]): Offer[] {
  const seen = new Set<string>();
  return offers.filter(offer => {
    const key = offer.text.toLowerCase();
    return !seen.has(key) && Boolean(seen.add(key));
  });
}
