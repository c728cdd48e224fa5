/** What is entered to begin an experiment, and what is sent for it. Pure; no React. */
import type { NewExperiment, NotebookParameters, Parameter, Variant } from '../api/schema';

/** The parameter that the server sets to the number of the repeat. */
const SEED = 'seed';

export interface Column {
  name: string;
  notebook: string;
  /** What the notebook's parameters cell says; null until it is known. */
  known: NotebookParameters | null;
  /** Why that could not be had. */
  error: unknown;
  /** What was typed, by parameter. */
  values: Readonly<Record<string, string>>;
}

export interface Form {
  columns: readonly [Column, Column];
  /** The second column has a notebook of its own. */
  isTwoNotebooks: boolean;
  metric: string;
  direction: 'higher' | 'lower';
  repeats: number;
}

export function emptyForm(notebook: string): Form {
  const column = (name: string): Column => ({
    name,
    notebook,
    known: null,
    error: null,
    values: {}
  });
  return {
    columns: [column('A'), column('B')],
    isTwoNotebooks: false,
    metric: '',
    direction: 'lower',
    repeats: 5
  };
}

/** What somebody who knows already fills in: the page of trainings, for an adapter and its base. */
export interface Filled {
  /** What the two versions are called. */
  names?: readonly string[];
  /** Their notebooks, where they differ. */
  notebooks?: readonly string[];
  /** Their values by parameter. */
  parameters?: ReadonlyArray<Readonly<Record<string, string | number>>>;
  metric?: string;
  direction?: string;
  repeats?: number;
}

/** A form for one notebook with what is known already. */
export function filledForm(notebook: string, filled: Filled): Form {
  const form = emptyForm(notebook);
  const column = (n: 0 | 1): Column => ({
    ...form.columns[n],
    name: filled.names?.[n] ?? form.columns[n].name,
    notebook: filled.notebooks?.[n] ?? form.columns[n].notebook,
    values: Object.fromEntries(
      Object.entries(filled.parameters?.[n] ?? {}).map(([name, value]) => [name, String(value)])
    )
  });
  return {
    ...form,
    columns: [column(0), column(1)],
    metric: filled.metric ?? form.metric,
    direction: filled.direction === 'higher' ? 'higher' : form.direction,
    repeats: filled.repeats ?? form.repeats
  };
}

/** A value as the form shows it. */
export function written(value: unknown): string {
  if (value === null || value === undefined) {
    return '';
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** What a column holds for a parameter: what was typed, else the notebook's own value. */
export function held(column: Column, parameter: Parameter): string {
  return column.values[parameter.name] ?? written(parameter.default);
}

export interface Row {
  name: string;
  /** The parameter in each column; null where its notebook has none of that name. */
  cells: readonly [Parameter | null, Parameter | null];
  isDifferent: boolean;
}

/** The parameters of both columns by name, without the seed. */
export function rows(form: Form): Row[] {
  const names = new Set(
    form.columns.flatMap(column => (column.known?.parameters ?? []).map(known => known.name))
  );
  names.delete(SEED);
  return [...names].map(name => {
    const cells = form.columns.map(
      column => column.known?.parameters.find(known => known.name === name) ?? null
    ) as [Parameter | null, Parameter | null];
    const [first, second] = form.columns.map((column, n) => {
      const parameter = cells[n];
      return parameter && held(column, parameter);
    });
    return { name, cells, isDifferent: first !== second };
  });
}

export function hasSeed(form: Form): boolean {
  return form.columns.every(column =>
    column.known?.parameters.some(known => known.name === SEED)
  );
}

/** Why the form cannot be sent yet; empty when it can. */
export function missing(form: Form): string {
  if (!form.columns[0].notebook) {
    return 'Choose a notebook first.';
  }
  if (form.isTwoNotebooks && form.columns[0].notebook === form.columns[1].notebook) {
    return 'Choose another notebook for the second version.';
  }
  if (!form.columns.every(column => column.known)) {
    return 'The notebook is still being read.';
  }
  if (!form.isTwoNotebooks && !rows(form).some(row => row.isDifferent)) {
    return rows(form).length
      ? 'Change at least one value, so that there is something to compare.'
      : 'This notebook has no parameters to change: compare it with another notebook.';
  }
  if (!form.metric.trim()) {
    return 'Say by which metric to compare.';
  }
  if (!(form.repeats >= 1)) {
    return 'Say how often each version is to run.';
  }
  return '';
}

/** What is sent: only values that differ from the notebook's own. */
export function request(form: Form): NewExperiment {
  const variants = form.columns.map((column): Variant => {
    const parameters: Record<string, unknown> = {};
    for (const known of column.known?.parameters ?? []) {
      const value = held(column, known);
      if (known.name !== SEED && value !== written(known.default)) {
        parameters[known.name] = value === '' && known.is_optional ? null : value;
      }
    }
    return { name: column.name, notebook: column.notebook, parameters };
  });
  return {
    variants,
    goal: { metric: form.metric.trim(), direction: form.direction },
    repeats: form.repeats
  };
}
