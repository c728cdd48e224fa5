/** What is known of a column, in words: shared by the panel and the dataset's page. */
import type { Column, Meaning } from '../api/schema';
import { trans } from '../ui/words';
import { bound, count, figure, share } from './words';

/** What a column is about, in a word or two. */
export function meaningOf(meaning: Meaning): string {
  switch (meaning) {
    case 'id':
      return trans.__('Identifier');
    case 'category':
      return trans.__('Category');
    case 'money':
      return trans.__('Money');
    case 'percentage':
      return trans.__('Percentage');
    case 'year':
      return trans.__('Year');
    case 'latitude':
      return trans.__('Latitude');
    case 'longitude':
      return trans.__('Longitude');
    case 'email':
      return trans.__('E-mail');
    case 'url':
      return trans.__('Web address');
    case 'phone':
      return trans.__('Phone');
    case 'country':
      return trans.__('Country');
    case 'ip':
      return trans.__('IP address');
    case 'uuid':
      return trans.__('UUID');
    case 'json':
      return trans.__('JSON');
    case 'path':
      return trans.__('File path');
    case 'constant':
      return trans.__('One value');
  }
}

/** What a column holds, in one word. */
export function kindOf(column: Column): string {
  switch (column.kind) {
    case 'number':
      return trans.__('Number');
    case 'text':
      return trans.__('Text');
    case 'date':
      return column.type === 'DATE' ? trans.__('Date') : trans.__('Date and time');
    case 'time':
      return trans.__('Time');
    case 'boolean':
      return trans.__('True or false');
    default:
      return trans.__('Nested');
  }
}

/** The same in five letters, for the panel. */
export function shortMeaning(meaning: Meaning): string {
  const short: Partial<Record<Meaning, string>> = {
    id: 'ID',
    category: 'Cat',
    money: '$',
    percentage: '%',
    year: 'Year',
    latitude: 'Lat',
    longitude: 'Lon',
    email: '@',
    url: 'URL',
    phone: 'Tel',
    country: 'Ctry',
    ip: 'IP',
    uuid: 'UUID',
    json: '{ }',
    path: 'Path',
    constant: '1×'
  };
  return short[meaning] ?? '';
}

export type Fact = [name: string, value: string];

/** The figures of a column, those that it has. */
export function factsOf(column: Column, rows: number): Fact[] {
  const there = rows - column.nulls;
  const facts: Fact[] = [
    [trans.__('Type'), column.form ? `${column.type} (${column.form})` : column.type]
  ];
  if (typeof column.title === 'string') {
    facts.unshift([trans.__('In the file'), column.title.trim() ? `“${column.title}”` : trans.__('no name')]);
  }
  if (column.meaning) {
    facts.push([trans.__('Kind'), meaningOf(column.meaning)]);
  }
  if (column.kind !== 'other') {
    const different = count(column.distinct);
    facts.push([
      trans.__('Different'),
      column.distinct_is_exact ? different : trans.__('about %1', different)
    ]);
  }
  facts.push([
    trans.__('Empty'),
    column.nulls ? `${count(column.nulls)} (${share(column.nulls, rows)})` : trans.__('none')
  ]);
  if (column.minimum !== null && column.maximum !== null) {
    facts.push([
      trans.__('Range'),
      `${bound(column, column.minimum)} – ${bound(column, column.maximum)}`
    ]);
  }
  if (column.mean !== null) {
    const deviation = column.deviation === null ? '' : ` ± ${figure(column.deviation)}`;
    facts.push([trans.__('Mean'), `${figure(column.mean)}${deviation}`]);
  }
  if (column.quantiles.length === 5) {
    const about = (text: string) =>
      column.quantiles_are_exact ? text : trans.__('about %1', text);
    const [low, first, middle, last, high] = column.quantiles.map(figure);
    facts.push([trans.__('Median'), about(middle)]);
    facts.push([trans.__('Middle half'), about(`${first} – ${last}`)]);
    facts.push([trans.__('Nine of ten'), about(`${low} – ${high}`)]);
  }
  if (column.zeros) {
    facts.push([trans.__('Zero'), `${count(column.zeros)} (${share(column.zeros, there)})`]);
  }
  if (column.negatives) {
    facts.push([
      trans.__('Negative'),
      `${count(column.negatives)} (${share(column.negatives, there)})`
    ]);
  }
  if (column.lengths) {
    const { shortest, longest, mean } = column.lengths;
    facts.push([
      trans.__('Length'),
      shortest === longest
        ? trans._n('%2 letter', '%2 letters', longest, count(longest))
        : trans.__('%1 – %2 letters, mean %3', count(shortest), count(longest), figure(mean))
    ]);
  }
  return facts;
}

/** Whether frequent values say something: where they repeat, and are not better drawn as bins. */
export function listsTop(column: Column): boolean {
  return (
    (column.top[0]?.count ?? 0) > 1 &&
    (column.kind === 'text' || column.kind === 'boolean' || column.distinct <= 20)
  );
}
