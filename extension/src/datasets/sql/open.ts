/** Makes tabs of SQL; fetched when the first one is opened. */
import { Signal } from '@lumino/signaling';
import * as React from 'react';
import { sqlIcon } from '../../ui/icons';
import { Panel } from '../../ui/Panel';
import type { Around } from './plugin';
import { Completing } from './completing';
import { datasetsIn } from './cells';
import { insertInto } from './insert';
import { browserKeeper } from './kept';
import type { SqlMeans } from './means';
import { SqlView } from './page';
import { SqlState } from './state';

export interface Tab {
  id: string;
  title: string;
  /** What stands in it first. */
  sql?: string;
}

/** A tab of SQL. */
export class SqlPanel extends Panel {
  constructor(
    readonly shows: Tab,
    state: SqlState,
    means: SqlMeans,
    private readonly _onClose: () => void
  ) {
    super({ id: `sp-sql-page-${shows.id}`, title: shows.title, icon: sqlIcon, place: 'main' }, () =>
      React.createElement(SqlView, { state, means, tab: this._tab })
    );
    void state.restore();
  }

  private readonly _tab = {
    get: () => this.title.label,
    set: (name: string) => {
      this.title.label = this.title.caption = name;
    }
  };

  protected onCloseRequest(message: Parameters<Panel['onCloseRequest']>[0]): void {
    this._onClose();
    super.onCloseRequest(message);
    this.dispose();
  }
}

let known: SqlMeans | null = null;

/** What every tab needs, made once. */
export function meansOf(around: Around): SqlMeans {
  return (known ??= made(around));
}

/** Make a tab, with what it held before the page was loaded anew. */
export function tabOf(around: Around, tab: Tab): SqlPanel {
  const means = meansOf(around);
  void means.completing.warm();
  const keeper = browserKeeper(window.localStorage);
  const state = new SqlState(around.sponde.api, tab.id, keeper, tab.sql ?? '');
  return new SqlPanel(tab, state, means, () => keeper.drop(tab.id));
}

function made({ app, sponde, datasets, notebooks, editors, completer, actions, chat, command }: Around): SqlMeans {
  const list = () => datasets?.list() ?? [];
  const named = (sql: string) =>
    datasetsIn(
      sql,
      list().map(one => one.name)
    );
  return {
    editors,
    completing: new Completing(sponde.api, datasets, completer),
    datasets: list,
    changed: datasets?.changed ?? new Signal<object, void>({}),
    save: actions
      ? async sql => {
          const code = { code: sql.trim(), language: 'sql' };
          const save = actions.list(code).find(action => action.id === 'save');
          return save ? await save.run(code) : '';
        }
      : null,
    insert: (form, sql) => insertInto(notebooks, form, sql, named(sql)),
    ask: chat
      ? sql => {
          const references = list()
            .filter(one => named(sql).includes(one.name))
            .map(({ id, name }) => ({ kind: 'dataset' as const, name, id, path: '', text: '', language: '' }));
          void chat.write(`\n\n\`\`\`sql\n${sql.trim()}\n\`\`\``, references);
        }
      : null,
    open: sql => void app.commands.execute(command, { sql })
  };
}
