// What is offered while SQL is typed, and where its statements end.
import { describe, expect, it } from 'vitest';
import { fitting, offersAt, type Known } from './offers';
import { piecesOf, quoted, statementAt, statementsOf } from './statements';

const COLUMNS: Record<string, string[]> = {
  sales: ['day', 'unit price', 'order'],
  towns: ['name', 'people']
};

const known: Known = {
  datasets: [
    { name: 'sales', detail: '' },
    { name: 'towns', detail: '' }
  ],
  functions: [{ name: 'sum', signature: 'sum(x) → HUGEINT', description: 'Adds up.' }],
  keywords: ['select', 'from', 'where', 'zone'],
  columns: async name => (COLUMNS[name] ?? []).map(one => ({ name: one, type: 'VARCHAR' }))
};

/** What is offered at the bar in the SQL. */
async function at(sql: string): Promise<string[]> {
  const offset = sql.indexOf('|');
  const found = await offersAt(sql.replace('|', ''), offset, known);
  return found.offers.map(offer => offer.text);
}

describe('what may be typed next in SQL', () => {
  it('is a dataset behind FROM, JOIN and a comma between tables', async () => {
    expect(await at('SELECT * FROM |')).toEqual(['sales', 'towns']);
    expect(await at('select * from sales join t|')).toEqual(['sales', 'towns']);
    expect(await at('SELECT * FROM sales AS s, |')).toEqual(['sales', 'towns']);
    expect(await at('SELECT * FROM sales; SELECT * FROM |')).toEqual(['sales', 'towns']);
    expect(await at('WITH t AS (SELECT 1) SELECT * FROM |')).toEqual(['sales', 'towns', 't']);
  });

  it('is a column of the tables that the statement names, in quotes where it must be', async () => {
    expect((await at('SELECT | FROM sales')).slice(0, 3)).toEqual(['day', '"unit price"', '"order"']);
    expect((await at('SELECT 1 FROM sales WHERE |')).slice(0, 3)).toContain('day');
    expect((await at('SELECT sum(| FROM sales, towns')).slice(0, 5)).toContain('people');
    expect(await at('SELECT | FROM nothing')).not.toContain('day');
  });

  it('is a column of one table behind its name or what else it is called', async () => {
    expect(await at('SELECT s.| FROM sales AS s JOIN towns t ON true')).toEqual(['day', '"unit price"', '"order"']);
    expect(await at('SELECT 1 FROM sales s JOIN towns t ON t.|')).toEqual(['name', 'people']);
    expect(await at('SELECT towns.p| FROM towns')).toEqual(['name', 'people']);
    expect(await at('SELECT x.| FROM towns')).toEqual([]);
  });

  it('takes a name in quotes that was begun', async () => {
    const found = await offersAt('SELECT "un FROM sales', 10, known);
    expect(found.start).toBe(7);
  });

  it('is a function or a keyword, in the letters that were begun with', async () => {
    expect(await at('SEL|')).toContain('SELECT');
    expect(await at('sel|')).toContain('select');
    expect(await at('SELECT su|')).toContain('sum(');
    expect(await at('SELECT 1 |')).toEqual(expect.arrayContaining(['FROM', 'sales']));
  });

  it('fits what was begun, what begins so first', async () => {
    const { offers } = await offersAt('SELECT  FROM sales', 7, known);
    expect(fitting(offers, '"UN').map(one => one.text)).toEqual(['"unit price"']);
    expect(fitting(offers, 'or').map(one => one.text).slice(0, 1)).toEqual(['"order"']);
    expect(fitting(offers, 'ale').map(one => one.text)).toEqual(['sales']);
    expect(fitting(offers, '').length).toBe(offers.length);
  });

  it('is nothing in texts, remarks and numbers', async () => {
    expect(await at("SELECT 'fr|om' FROM sales")).toEqual([]);
    expect(await at("SELECT 'fro|")).toEqual([]);
    expect(await at('SELECT 1 -- fr|om')).toEqual([]);
    expect(await at('SELECT 12|')).toEqual([]);
  });
});

describe('statements', () => {
  it('end at semicolons that stand in no text, name or remark', () => {
    const sql = "SELECT ';' AS \";\" -- ;\n; /* ; */ SELECT 2 ; ";
    expect(statementsOf(sql).map(one => one.text)).toEqual(["SELECT ';' AS \";\" -- ;", '/* ; */ SELECT 2']);
  });

  it('are run where the cursor stands', () => {
    const sql = 'SELECT 1;\n\nSELECT 2;\n-- the end\n';
    expect(statementAt(sql, 0)?.text).toBe('SELECT 1');
    expect(statementAt(sql, 9)?.text).toBe('SELECT 1');
    expect(statementAt(sql, 15)?.text).toBe('SELECT 2');
    expect(statementAt(sql, sql.length)?.text).toBe('SELECT 2');
    expect(statementAt(' -- nothing', 3)).toBeNull();
  });

  it('are made of words, names, texts and marks', () => {
    expect(piecesOf('a."b c" = $$x;y$$ + 1e5').map(one => one.kind)).toEqual([
      'word', 'mark', 'name', 'mark', 'text', 'mark', 'number'
    ]);
    expect(quoted('a"b')).toBe('"a""b"');
  });
});
