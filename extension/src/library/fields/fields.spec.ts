// The values that a block asks for, and the fields that are made of its own.
import { describe, expect, it, vi } from 'vitest';
import type { BlockField, CodeBlock } from '../../api/schema';
import { Filling, withValues, wrongValue } from './fields';
import { FieldsMaking, fieldOf } from './fieldsMaking';

vi.mock('@jupyterlab/apputils', () => ({ Notification: { info: vi.fn() } }));

const field = (name: string, kind: BlockField['kind'], more: Partial<BlockField> = {}): BlockField => ({
  name,
  kind,
  default: '1',
  choices: [],
  dataset: '',
  about: '',
  spots: [{ start: 0, end: 1, form: 'value' }],
  ...more
});
const block = (fields: BlockField[]): CodeBlock =>
  ({ id: 'b', name: 'b', code: 'x = 1', fields, facts: { datasets: ['sales'] } }) as unknown as CodeBlock;
const asked = (fields: BlockField[]) => ({
  fields,
  last: { n: '7' },
  presets: [],
  columns: { sales: ['amount', 'city'], birds: ['wings'] },
  datasets: ['sales', 'birds'],
  undo_id: ''
});
interface Options {
  body?: { values?: unknown; fields?: BlockField[] };
}
const server = (answer: (route: string, options: Options) => unknown) =>
  ({ api: { call: async (route: string, options: Options) => answer(route, options) } }) as never;

describe('The values of a block', () => {
  it('begin with what was filled in last, and are checked before they are sent', () => {
    const fields = [field('n', 'number'), field('day', 'date', { default: '2026-01-31' })];
    const filling = new Filling(server(() => null), block(fields), asked(fields));
    expect(filling.values).toEqual({ n: '7', day: '2026-01-31' });
    filling.set('n', '1,5');
    filling.set('day', '2026-02-31x');
    expect(filling.check()).toBe(false);
    expect(filling.wrongs.n).toContain('1.5');
    expect(Object.keys(filling.wrongs)).toEqual(['n', 'day']);
    filling.take({ n: '-2e3', day: '2026-02-01' });
    expect(filling.check()).toBe(true);
  });

  it('are refused with a sentence that names the way out', () => {
    const choice = field('how', 'choice', { choices: [{ text: 'left', literal: '' }] });
    expect(wrongValue(choice, 'right')).toContain('left');
    expect(wrongValue(choice, 'left')).toBe('');
    expect(wrongValue(field('column', 'column'), ' ')).not.toBe('');
    expect(wrongValue(field('text', 'text'), '')).toBe('');
  });

  it('offer the columns of the variable that is meant, else those of the datasets', () => {
    const column = field('c', 'column', { default: 'amount' });
    const filling = new Filling(server(() => null), block([column]), asked([column]));
    expect(filling.known(column)).toEqual(['amount', 'city', 'wings']);
    filling.columnsHere = ['Amt'];
    expect(filling.known(column)).toEqual(['Amt', 'amount']);
    expect(filling.known(field('d', 'dataset'))).toEqual(['sales', 'birds']);
  });

  it('say beside the field what the server refuses', async () => {
    const fields = [field('n', 'number')];
    const refuse = () => {
      throw new Error("Nothing is no number for 'n'.");
    };
    const filling = new Filling(server(refuse), block(fields), asked(fields));
    expect(await filling.code()).toBeNull();
    expect(filling.wrongs.n).toContain("for 'n'");
  });

  it('stay in a cell as far as the block still has the fields', async () => {
    const sent: unknown[] = [];
    const sponde = server((_, { body }) => {
      sent.push(body?.values);
      return { code: 'x = 5', values: {} };
    });
    const own = block([field('n', 'number')]);
    expect(await withValues(sponde, own, { n: '5', gone: '1' })).toBe('x = 5');
    expect(await withValues(sponde, own, { gone: '1' })).toBe('x = 1');
    expect(sent).toEqual([{ n: '5' }]);
  });
});

describe('Fields', () => {
  const offer = { field: field('n', 'number'), sources: ['1', '2'], line: 1, text: 'x = 1', start: 4, end: 5 };

  it('are made of what differs from the twins, and taken back', async () => {
    const routes: string[] = [];
    const undos: Array<() => Promise<void>> = [];
    const sponde = server((route, { body }) => {
      routes.push(route);
      if (route.endsWith('field-offers')) {
        return { twins: [{ block_id: 't', name: 'twin', values: 1 }], offers: [offer] };
      }
      expect(body?.fields?.[0].name ?? 'rows').toBe('rows');
      return { change_id: 'c', fields: [], twins: 1 };
    });
    const many = { remember: (_: string, run: () => Promise<void>) => undos.push(run) };
    const making = new FieldsMaking(sponde, many as never);
    await making.look(block([]));
    expect(making.twins).toHaveLength(1);
    await making.begin(['t']);
    expect(making.draft?.[0]).toMatchObject({ isTaken: true, name: 'n', kind: 'number' });
    making.edit(0, { name: 'rows' });
    expect(await making.accept()).toBe(true);
    expect(making.draft).toBeNull();
    await undos[0]();
    expect(routes.at(-1)).toBe('POST /field-changes/{change_id}/undo');
  });

  it('offer the values that were seen where they become a choice', () => {
    const made = fieldOf(field('n', 'number'), ' how ', 'choice', ['"left"', 'None', '3']);
    expect(made.name).toBe('how');
    expect(made.choices).toEqual([
      { text: 'left', literal: '' },
      { text: 'None', literal: 'None' },
      { text: '3', literal: '3' }
    ]);
    expect(fieldOf(made, 'x', 'text', []).choices).toEqual([]);
  });
});
