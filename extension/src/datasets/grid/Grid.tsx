/** Rows and columns of any size: JupyterLab's own data grid, for mouse, keys and screen readers. */
import { Clipboard } from '@jupyterlab/apputils';
import { BasicKeyHandler, BasicSelectionModel, DataGrid } from '@lumino/datagrid';
import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import { ErrorNote } from '../../ui/ErrorNote';
import { useSize } from '../../ui/useSize';
import { trans } from '../../ui/words';
import { GridModel, PENDING, type Layout } from './model';
import { GridMouse, type HeaderHit } from './mouse';
import { BARS, HEADER, HeaderRenderer, ROW, cellRenderer, numberRenderer, readTheme, styleOf, type Marks } from './paint';
import type { GridColumn, GridSource } from './source';
import { exact, tsv } from './values';
import '../../../style/datagrid.css';

export interface GridCell {
  row: number;
  column: GridColumn;
  /** The column's place in the source. */
  place: number;
  /** Its value; undefined while it is on its way. */
  value: unknown;
}

/** What can be done with a grid from beside it. */
export interface GridHandle {
  /** Bring a column into view, by its place in the source, and put the cursor into it. */
  show: (place: number) => void;
  focus: () => void;
}

export interface GridProps {
  source: GridSource;
  /** What it shows, for screen readers. */
  label: string;
  /** Which columns, in which order, how many of them frozen; all where left out. */
  layout?: Layout | null;
  /** What the headers tell beside names; nothing where left out. */
  marks?: Marks | null;
  /** A header was clicked, or its menu asked for. */
  onHeader?: (hit: HeaderHit) => void;
  /** A cell was opened: Enter, a double click; or its menu was asked for. */
  onCell?: (cell: GridCell, at: { x: number; y: number }, how: 'open' | 'menu') => void;
  /** Keys that the grid itself has no use for. */
  onKey?: (event: KeyboardEvent, cell: GridCell | null, at: { x: number; y: number }) => boolean;
  /** Where one is: the first and last row that can be seen. */
  onSeen?: (first: number, last: number) => void;
  handle?: React.MutableRefObject<GridHandle | null>;
}

const NO_MARKS: Marks = {
  sorted: () => 0,
  isFiltered: () => false,
  bars: () => null,
  hasBars: false,
  hasMenu: false
};
const MOST_COPIED = 200_000;
const NARROW = 60;
const WIDE = 320;
const LETTER = 7.5;
const MOST_FITTED = 500;
const READ_ROWS = 12;
const READ_COLUMNS = 12;

interface Made {
  grid: DataGrid;
  model: GridModel;
}

export function Grid(props: GridProps): JSX.Element {
  const host = React.useRef<HTMLDivElement>(null);
  const made = React.useRef<Made | null>(null);
  const latest = React.useRef(props);
  latest.current = props;
  const id = React.useId();
  const [error, setError] = React.useState<unknown>(null);
  const [said, say] = React.useState('');
  const [, redraw] = React.useReducer((n: number) => n + 1, 0);
  const size = useSize(host);
  const { source } = props;

  // Before the browser draws, and ended before its node is gone: a widget ends while it is attached.
  React.useLayoutEffect(() => {
    const node = host.current;
    if (!node) {
      return;
    }
    const model = new GridModel(source, latest.current.layout ?? null, setError);
    const grid = new DataGrid({
      defaultSizes: {
        rowHeight: ROW,
        columnWidth: 120,
        rowHeaderWidth: 120,
        columnHeaderHeight: latest.current.marks?.hasBars ? HEADER + BARS : HEADER
      },
      minimumSizes: { rowHeight: ROW, columnWidth: 40, rowHeaderWidth: 40, columnHeaderHeight: HEADER },
      copyConfig: { ...DataGrid.defaultCopyConfig, headers: 'none' }
    });
    made.current = { grid, model };
    grid.dataModel = model;
    const selection = new BasicSelectionModel({ dataModel: model });
    grid.selectionModel = selection;
    grid.keyHandler = new BasicKeyHandler();
    const mouse = new GridMouse(model, {
      header: hit => latest.current.onHeader?.(hit),
      bars: place => latest.current.marks?.bars(place) ?? null
    });
    grid.mouseHandler = mouse;

    const paint = (): void => {
      const theme = readTheme(node);
      grid.style = styleOf(theme);
      const cells = cellRenderer(model, theme);
      const header = new HeaderRenderer(model, theme, {
        sorted: place => (latest.current.marks ?? NO_MARKS).sorted(place),
        isFiltered: place => (latest.current.marks ?? NO_MARKS).isFiltered(place),
        bars: place => (latest.current.marks ?? NO_MARKS).bars(place),
        get hasMenu() {
          return (latest.current.marks ?? NO_MARKS).hasMenu;
        }
      });
      grid.cellRenderers.update({
        body: cells,
        'column-header': header,
        'corner-header': header,
        'row-header': numberRenderer(model, theme)
      });
    };
    paint();
    const themes = new MutationObserver(() => requestAnimationFrame(paint));
    themes.observe(document.body, { attributes: true, attributeFilter: ['data-jp-theme-name'] });

    Widget.attach(grid, node);
    const view = grid.viewport.node;
    view.tabIndex = 0;
    view.setAttribute('role', 'application');
    view.setAttribute('aria-roledescription', trans.__('table of data'));
    view.setAttribute('aria-label', latest.current.label);
    view.setAttribute('aria-describedby', `${id}-keys`);
    fitColumns(grid, model);

    const here = (): GridCell | null => {
      const row = selection.cursorRow;
      const column = selection.cursorColumn;
      const of = column < 0 ? null : model.column('body', column);
      const place = column < 0 ? null : model.place('body', column);
      if (row < 0 || !of || place === null) {
        return null;
      }
      return { row, column: of, place, value: settled(model.data('body', row, column)) };
    };
    let isOwed = false;
    const tell = (): void => {
      const cell = here();
      // A value that is on its way is told when it is here.
      isOwed = cell !== null && model.data('body', cell.row, selection.cursorColumn) === PENDING;
      if (cell && !isOwed) {
        const value = exact(cell.value).slice(0, 500) || trans.__('empty');
        say(trans.__('%1, row %2: %3', cell.column.name, cell.row + 1, value));
      }
    };
    let last = '';
    selection.changed.connect(() => {
      const spot = `${selection.cursorRow}/${selection.cursorColumn}`;
      if (spot !== last) {
        last = spot;
        tell();
      }
      redraw();
    });
    let isRead = false;
    const seen = (): void => {
      const first = grid.rowAt('body', grid.scrollY);
      // What is drawn now is what is read out.
      if (isRead !== (model.known(Math.max(first, 0), 0) !== undefined)) {
        isRead = !isRead;
        redraw();
      }
      const end = grid.rowAt('body', Math.min(grid.scrollY + grid.pageHeight, grid.bodyHeight - 1));
      if (model.rowCount('body') > 0) {
        latest.current.onSeen?.(Math.max(first, 0), end < 0 ? model.rowCount('body') - 1 : end);
      }
    };
    MessageLoop.installMessageHook(grid.viewport, (_, message) => {
      if (message.type === 'paint-request' || message.type === 'overlay-paint-request') {
        seen();
      }
      return true;
    });
    model.changed.connect((_, change) => {
      if (change.type === 'cells-changed' && (change.region === 'body' || change.region === 'row-header')) {
        setError(null);
        redraw();
        if (isOwed) {
          tell();
        }
      }
      requestAnimationFrame(seen);
    });
    const middle = (): { x: number; y: number } => {
      const rect = view.getBoundingClientRect();
      const column = Math.max(selection.cursorColumn, 0);
      return {
        x: rect.left + grid.headerWidth + grid.columnOffset('body', column) - grid.scrollX + 10,
        y: rect.top + grid.headerHeight + grid.rowOffset('body', Math.max(selection.cursorRow, 0)) - grid.scrollY + ROW
      };
    };
    /** Home and End go along the row, with Control to the first and the last row. */
    const leap = (event: KeyboardEvent): void => {
      const end = { row: model.rowCount('body') - 1, column: model.columnCount('body') - 1 };
      if (end.row < 0 || end.column < 0) {
        return;
      }
      const isFar = event.ctrlKey || event.metaKey;
      const to = event.key === 'End' ? end : { row: 0, column: 0 };
      const row = isFar ? to.row : Math.max(selection.cursorRow, 0);
      const column = isFar ? Math.max(selection.cursorColumn, 0) : to.column;
      if (event.shiftKey && selection.cursorRow >= 0) {
        const [r1, c1] = [selection.cursorRow, selection.cursorColumn];
        selection.select({ r1, c1, r2: row, c2: column, cursorRow: r1, cursorColumn: c1, clear: 'all' });
      } else {
        selectCell(selection, row, column);
      }
      grid.scrollToCell(row, column);
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      const cell = here();
      const isCommand = event.ctrlKey || event.metaKey;
      if (isCommand && event.key.toLowerCase() === 'c') {
        copy(model, selection, event.shiftKey, say);
      } else if (!isCommand && event.key === 'Enter' && cell) {
        latest.current.onCell?.(cell, middle(), 'open');
      } else if ((event.key === 'F10' && event.shiftKey) || event.key === 'ContextMenu') {
        if (cell) {
          latest.current.onCell?.(cell, middle(), 'menu');
        }
      } else if (event.key === 'Home' || event.key === 'End') {
        leap(event);
      } else if (isCommand && event.key.toLowerCase() === 'a') {
        selectAll(selection, model);
      } else if (!isCommand && !cell && event.key.startsWith('Arrow')) {
        selectCell(selection, 0, 0);
      } else if (event.key === 'Escape' && selection.cursorRow >= 0) {
        selection.clear();
      } else if (!latest.current.onKey?.(event, cell, middle())) {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
    };
    const at = (event: MouseEvent): GridCell | null => {
      const hit = grid.hitTest(event.clientX, event.clientY);
      if (hit.region !== 'body' && hit.region !== 'row-header') {
        return null;
      }
      const of = model.column(hit.region, hit.column);
      const place = model.place(hit.region, hit.column);
      if (!of || place === null) {
        return null;
      }
      if (hit.region === 'body' && !isSelected(selection, hit.row, hit.column)) {
        selectCell(selection, hit.row, hit.column);
      }
      const value = settled(model.data(hit.region, hit.row, hit.column));
      return { row: hit.row, column: of, place, value };
    };
    const onDoubleClick = (event: MouseEvent): void => {
      const cell = at(event);
      if (cell) {
        latest.current.onCell?.(cell, { x: event.clientX, y: event.clientY }, 'open');
      }
    };
    const onMenu = (event: MouseEvent): void => {
      if (event.shiftKey) {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      const cell = at(event);
      if (cell) {
        latest.current.onCell?.(cell, { x: event.clientX, y: event.clientY }, 'menu');
      } else {
        mouse.menu(grid, event);
      }
    };
    grid.node.addEventListener('keydown', onKeyDown, true);
    grid.node.addEventListener('dblclick', onDoubleClick, true);
    grid.node.addEventListener('contextmenu', onMenu, true);
    const refresh = (_: unknown, what: void | 'values'): void => {
      const spot = [what === 'values' ? selection.cursorRow : Math.min(selection.cursorRow, 0), selection.cursorColumn];
      model.refresh();
      grid.scrollTo(grid.scrollX, what === 'values' ? Math.min(grid.scrollY, grid.maxScrollY) : 0);
      if (spot[0] >= 0 && spot[0] < model.rowCount('body')) {
        selectCell(selection, spot[0], spot[1]);
      }
      redraw();
    };
    source.changed?.connect(refresh);
    const { handle } = latest.current;
    if (handle) {
      handle.current = {
        focus: () => view.focus({ preventScroll: true }),
        show: place => {
          const { order, frozen } = model.layout;
          const column = order.indexOf(place) - frozen;
          const row = Math.max(selection.cursorRow, grid.rowAt('body', grid.scrollY), 0);
          if (column >= 0 && row < model.rowCount('body')) {
            selectCell(selection, row, column);
            grid.scrollToColumn(column);
          }
          view.focus({ preventScroll: true });
        }
      };
    }
    redraw();
    return () => {
      if (handle) {
        handle.current = null;
      }
      themes.disconnect();
      source.changed?.disconnect(refresh);
      made.current = null;
      grid.dispose();
    };
  }, [source]);

  const { layout, marks } = props;
  React.useEffect(() => {
    const now = made.current;
    if (now && layout && layout !== now.model.layout) {
      const widths = widthsOf(now);
      now.model.lay(layout);
      fitColumns(now.grid, now.model, widths);
    }
  }, [layout]);
  React.useEffect(() => {
    made.current?.model.redrawHeaders();
  }, [marks]);
  React.useEffect(() => {
    const grid = made.current?.grid;
    if (grid && size.width) {
      grid.node.style.width = `${size.width}px`;
      grid.node.style.height = `${size.height}px`;
      MessageLoop.sendMessage(grid, new Widget.ResizeMessage(size.width, size.height));
    }
  }, [size, source]);

  return (
    <div className="sp-Grid">
      <ErrorNote
        error={error}
        onRetry={() => {
          setError(null);
          made.current?.model.retry();
        }}
      />
      <div className="sp-Grid-host" ref={host} />
      <div id={`${id}-keys`} hidden>
        {trans.__(
          'Arrows move from cell to cell, with Shift they select. Home and End go along the row, with Control to the first and last row. Enter shows the whole value, Shift+F10 what can be done with it, Control+C copies, with Shift the names of the columns too.'
        )}
      </div>
      <div className="sp-Grid-said" aria-live="polite">
        {said}
      </div>
      {made.current && <Readable {...made.current} label={props.label} />}
    </div>
  );
}

/** What stands around the cursor as a real table: screen readers cannot read a canvas. */
function Readable({ grid, model, label }: Made & { label: string }): JSX.Element | null {
  const rows = model.rowCount('body');
  const columns = model.columnCount('body');
  const cursor = grid.selectionModel?.cursorRow ?? -1;
  const first = Math.max(0, Math.min(cursor < 0 ? grid.rowAt('body', grid.scrollY) : cursor - 2, rows - READ_ROWS));
  const beside = grid.selectionModel?.cursorColumn ?? -1;
  const from = Math.max(0, Math.min(beside < 0 ? grid.columnAt('body', grid.scrollX) : beside - 2, columns - READ_COLUMNS));
  const frozen = Array.from({ length: model.layout.frozen }, (_, place) => place);
  const places = Array.from({ length: Math.min(READ_COLUMNS, columns) }, (_, place) => from + place);
  const numbers = Array.from({ length: Math.min(READ_ROWS, rows) }, (_, place) => first + place);
  const cell = (row: number, place: number): string => {
    const of = model.layout.order[place];
    const value = model.known(row, place);
    return of === undefined || value === undefined ? '' : exact(value).slice(0, 500);
  };
  return (
    <div className="sp-Grid-said">
      <table aria-label={label} aria-rowcount={rows + 1} aria-colcount={columns + frozen.length}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{trans.__('Row')}</th>
            {frozen.map(place => (
              <th key={`f${place}`} scope="col" aria-colindex={place + 1}>
                {model.column('corner-header', place + 1)?.name}
              </th>
            ))}
            {places.map(place => (
              <th key={place} scope="col" aria-colindex={place + frozen.length + 1}>
                {model.column('column-header', place)?.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {numbers.map(row => (
            <tr key={row} aria-rowindex={row + 2}>
              <th scope="row">{row + 1}</th>
              {frozen.map(place => (
                <td key={`f${place}`}>{cell(row, place)}</td>
              ))}
              {places.map(place => (
                <td key={place}>{cell(row, place + frozen.length)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const settled = (value: unknown): unknown => (value === PENDING ? undefined : value);

function selectCell(selection: BasicSelectionModel, row: number, column: number): void {
  selection.select({ r1: row, c1: column, r2: row, c2: column, cursorRow: row, cursorColumn: column, clear: 'all' });
}

function selectAll(selection: BasicSelectionModel, model: GridModel): void {
  const [r2, c2] = [model.rowCount('body') - 1, model.columnCount('body') - 1];
  selection.select({ r1: 0, c1: 0, r2, c2, cursorRow: 0, cursorColumn: 0, clear: 'all' });
}

function isSelected(selection: BasicSelectionModel, row: number, column: number): boolean {
  return selection.isRowSelected(row) && selection.isColumnSelected(column);
}

/** As wide as names and the first values need, within bounds; by hand what was set by hand. */
function fitColumns(grid: DataGrid, model: GridModel, known = new Map<number, number>()): void {
  const { order, frozen } = model.layout;
  const digits = String(model.rowCount('body')).length;
  grid.resizeColumn('row-header', 0, Math.max(40, 16 + digits * 8));
  const isWide = order.length > MOST_FITTED;
  if (isWide) {
    // One by one would take too long: all as wide as the longest name of the first of them.
    const longest = Math.max(...order.slice(0, MOST_FITTED).map((_, at) => model.nameAt(at).length));
    const columnWidth = Math.min(WIDE, Math.max(90, 54 + longest * LETTER));
    grid.defaultSizes = { ...grid.defaultSizes, columnWidth };
  }
  const most = isWide ? frozen : order.length;
  order.slice(0, most).forEach((place, shownAt) => {
    const width = known.get(place);
    const of = shownAt < frozen ? model.column('corner-header', shownAt + 1) : model.column('column-header', shownAt - frozen);
    const fits = of ? Math.min(WIDE, Math.max(NARROW, 54 + of.name.length * LETTER, widthOf(of))) : NARROW;
    const [region, at] = shownAt < frozen ? (['row-header', shownAt + 1] as const) : (['body', shownAt - frozen] as const);
    grid.resizeColumn(region, at, width ?? fits);
  });
}

/** As wide as its values usually are. */
function widthOf({ kind, type, letters }: GridColumn): number {
  if (kind === 'text') {
    return letters ? 18 + letters * LETTER : 140;
  }
  if (type === 'DATE') {
    return 112;
  }
  return /DOUBLE|FLOAT|DECIMAL|HUGEINT|TIMESTAMP/.test(type) ? 158 : 90;
}

function widthsOf({ grid, model }: Made): Map<number, number> {
  const { order, frozen } = model.layout;
  return new Map(
    order.map((place, at) => [
      place,
      at < frozen ? grid.columnSize('row-header', at + 1) : grid.columnSize('body', at - frozen)
    ])
  );
}

/** What is selected, as text: with the names of its columns where Shift is held. */
function copy(
  model: GridModel,
  selection: BasicSelectionModel,
  withNames: boolean,
  say: (text: string) => void
): void {
  const chosen = selection.currentSelection();
  if (!chosen) {
    return;
  }
  const { frozen } = model.layout;
  const last = model.columnCount('body') - 1;
  const rows = [Math.min(chosen.r1, chosen.r2), Math.min(Math.max(chosen.r1, chosen.r2), model.rowCount('body') - 1)];
  const columns = [Math.min(chosen.c1, chosen.c2), Math.min(Math.max(chosen.c1, chosen.c2), last)];
  // Whole rows have their frozen cells too.
  const from = columns[0] === 0 && columns[1] === last ? 0 : columns[0] + frozen;
  const width = columns[1] + frozen - from + 1;
  const height = rows[1] - rows[0] + 1;
  if (width * height > MOST_COPIED) {
    say(trans.__('%1 cells are too many to copy at once. Select fewer, or download them.', width * height));
    return;
  }
  const names = Array.from({ length: width }, (_, at) => model.nameAt(from + at));
  void model.fetched(rows[0], height, from, width).then(
    found => {
      const text = tsv(withNames ? [names, ...found] : found);
      // Over plain HTTP from another machine a page has no clipboard of its own.
      void (navigator.clipboard?.writeText(text) ?? Clipboard.copyToSystem(text));
      say(trans._n('%2 cell copied', '%2 cells copied', width * height, width * height));
    },
    () => say(trans.__('The rows could not be fetched. Try again.'))
  );
}
