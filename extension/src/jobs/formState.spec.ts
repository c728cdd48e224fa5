/** How the form is filled, checked and sent. */
import { expect, test } from 'vitest';
import type { JobDefinition, Parameter } from '../api/schema';
import type { ISponde } from '../api/tokens';
import { RunForm } from './formState';

const parameter = (name: string, more: Partial<Parameter>): Parameter => ({
  name,
  type: 'int',
  default: 1,
  choices: null,
  is_optional: false,
  is_required: false,
  expression: '',
  help: '',
  ...more
});

const PARAMETERS = [
  parameter('top', { default: 5 }),
  parameter('mode', { type: 'int', default: 2, choices: [1, 2] }),
  parameter('label', { type: 'str', default: 'x', is_optional: true }),
  parameter('names', { type: 'list', default: ['a'] }),
  parameter('home', { type: 'any', default: null, expression: 'os.getcwd()' })
];

function make(answers: Record<string, unknown> = {}, definition?: JobDefinition) {
  const sent: Array<[string, unknown]> = [];
  const known: Record<string, unknown> = {
    'GET /notebooks/parameters': { notebook: 'a.ipynb', kernel: 'python3', parameters: PARAMETERS, note: '' },
    'POST /notebooks/parameters': [],
    'POST /schedule-outlooks': { words: 'At 08:00 every day', next: [], problems: [] },
    ...answers
  };
  const call = async (route: string, options?: { body?: unknown }): Promise<unknown> => {
    if (known[route] instanceof Error) {
      throw known[route];
    }
    sent.push([route, options?.body]);
    return known[route];
  };
  const sponde = { api: { call, url: () => '' } } as unknown as ISponde;
  return { form: new RunForm(sponde, 'a.ipynb', definition), sent };
}

test('the inputs begin with the notebook’s values, and those are not sent', async () => {
  const { form } = make();
  await form.load();
  expect([...form.values.values()]).toEqual(['5', '2', 'x', '["a"]', '']);
  expect(form.given()).toEqual({});
});

test('what was changed is sent: text for the server to read, choices as they are', async () => {
  const { form, sent } = make();
  await form.load();
  form.set('top', '7');
  form.set('mode', '1');
  form.set('label', '');
  expect(await form.run()).toBe(true);
  expect(sent.at(-1)).toEqual([
    'POST /runs',
    { notebook: 'a.ipynb', parameters: { top: '7', mode: 1, label: null } }
  ]);
});

test('a wrong value is shown at its field, nothing is sent, and typing takes it away', async () => {
  const message = 'top takes a whole number, such as 10; ‘x’ does not fit.';
  const { form, sent } = make({ 'POST /notebooks/parameters': [{ name: 'top', message }] });
  await form.load();
  form.set('top', 'x');
  expect(await form.run()).toBe(false);
  expect(form.problems).toEqual({ top: message });
  expect(sent.map(([route]) => route)).not.toContain('POST /runs');
  form.set('top', '1');
  expect(form.problems).toEqual({});
});

test('a refusal is kept for the form and leaves it usable', async () => {
  const { form } = make({ 'POST /runs': new Error('the kernel is not installed') });
  await form.load();
  expect(await form.run()).toBe(false);
  expect((form.error as Error).message).toBe('the kernel is not installed');
  expect(form.isBusy).toBe(false);
});

test('a preset makes the cron line, and the server says what it means', async () => {
  const { form, sent } = make();
  await form.load();
  form.startScheduling();
  form.setSchedule({ preset: 'weekdays', time: '07:15', zone: 'Europe/Vienna' });
  expect(await form.save()).toBe(true);
  expect(form.outlook?.words).toBe('At 08:00 every day');
  expect(sent.at(-1)).toEqual([
    'POST /job-definitions',
    {
      notebook: 'a.ipynb',
      name: '',
      parameters: {},
      schedule: { cron: '15 7 * * 1-5', time_zone: 'Europe/Vienna', catch_up: 'record' }
    }
  ]);
});

test('a wrong cron line is shown at its field and not kept', async () => {
  const problems = [{ name: 'cron', message: 'has 1 field' }];
  const { form, sent } = make({ 'POST /schedule-outlooks': { words: '', next: [], problems } });
  await form.load();
  form.setSchedule({ preset: 'custom', cron: 'x' });
  expect(await form.save()).toBe(false);
  expect(form.problems.cron).toBe('has 1 field');
  expect(sent.map(([route]) => route)).not.toContain('POST /job-definitions');
});

test('a schedule that is edited begins as it is and is changed in its place', async () => {
  const definition = {
    id: 'one',
    name: 'Daily',
    notebook: 'a.ipynb',
    parameters: { top: 9 },
    schedule: { cron: '30 6 * * 1', time_zone: 'UTC', catch_up: 'run_once' }
  } as unknown as JobDefinition;
  const { form, sent } = make({}, definition);
  await form.load();
  expect([form.preset, form.time, form.catchesUp]).toEqual(['weekly', '06:30', true]);
  expect(form.values.get('top')).toBe('9');
  await form.save();
  expect(sent.at(-1)).toEqual([
    'PATCH /job-definitions/{definition_id}',
    { name: 'Daily', parameters: { top: '9' }, schedule: definition.schedule }
  ]);
});
