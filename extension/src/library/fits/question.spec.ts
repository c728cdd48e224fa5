// What is asked before a block is put into a notebook.
import { describe, expect, it } from 'vitest';
import type { Renames } from '../../api/schema';
import { Question } from './question';

const candidate = (name: string, columns: Array<[string, string]>, is_likely = false) => ({
  name,
  type: 'DataFrame',
  shape: '3 × 2',
  columns: columns.map(([one, here]) => ({ name: one, here })),
  all_columns: ['Month', 'Amt'],
  is_likely
});
const fits = (given: Partial<Renames>): Renames => ({
  needs: [],
  missing_packages: [],
  install: '',
  ...given
});

describe('the question', () => {
  it('proposes what is likely, and its columns', () => {
    const question = new Question(
      fits({
        needs: [
          {
            name: 'df',
            is_here: false,
            candidates: [candidate('sales', [['amount', 'Amt'], ['Month', 'Month']], true), candidate('other', [])]
          }
        ]
      })
    );
    expect(question.isOpen).toBe(true);
    expect(question.renames).toEqual({ names: { df: 'sales' }, columns: { amount: 'Amt' } });
    question.chooseColumn(0, 'amount', '');
    expect(question.renames).toEqual({ names: { df: 'sales' } });
    question.choose(0, 'other');
    expect(question.renames).toEqual({ names: { df: 'other' } });
    question.choose(0, '');
    expect(question.renames).toEqual({});
  });

  it('is not asked where all is here, or nothing is like what is missing', () => {
    const here = { name: 'df', is_here: true, candidates: [candidate('df', [['Amt', 'Amt']])] };
    const nothing = { name: 'k', is_here: false, candidates: [] };
    const odd = { name: 'd', is_here: true, candidates: [candidate('d', [['x', '']])] };
    expect(new Question(fits({ needs: [here, nothing, odd] })).isOpen).toBe(false);
  });

  it('is about columns only where the name is here and they go by other names', () => {
    const need = { name: 'df', is_here: true, candidates: [candidate('df', [['amount', 'Amt']])] };
    const question = new Question(fits({ needs: [need] }));
    expect(question.isOpen).toBe(true);
    expect(question.renames).toEqual({ columns: { amount: 'Amt' } });
  });
});
