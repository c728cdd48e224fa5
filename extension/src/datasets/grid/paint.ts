/** How the grid's cells and headers look: colours of JupyterLab's theme, drawn on the canvas. */
import { CellRenderer, DataGrid, TextRenderer, type GraphicsContext } from '@lumino/datagrid';
import { trans } from '../../ui/words';
import { PENDING, type GridModel } from './model';
import { shown } from './values';

export const HEADER = 42;
export const BARS = 22;
export const ROW = 24;
const PAD = 8;
/** The place of the menu's dots, from the right edge. */
export const MENU = 20;

export interface Theme {
  text: string;
  quiet: string;
  back: string;
  stripe: string;
  head: string;
  line: string;
  brand: string;
  soft: string;
  font: string;
  bold: string;
  small: string;
}

/** The theme's colours as the page has them now. */
export function readTheme(node: Element): Theme {
  const style = getComputedStyle(node);
  const value = (name: string, other: string): string => style.getPropertyValue(name).trim() || other;
  const family = value('--jp-ui-font-family', 'sans-serif');
  return {
    text: value('--jp-ui-font-color0', '#000'),
    quiet: value('--jp-ui-font-color2', '#767676'),
    back: value('--jp-layout-color1', '#fff'),
    stripe: value('--jp-layout-color1', '#fff'),
    head: value('--jp-layout-color2', '#eee'),
    line: value('--jp-border-color2', '#e0e0e0'),
    brand: value('--jp-brand-color1', '#1976d2'),
    soft: value('--jp-brand-color3', '#bbdefb'),
    font: `13px ${family}`,
    bold: `600 13px ${family}`,
    small: `11px ${family}`
  };
}

export function styleOf(theme: Theme): DataGrid.Style {
  return {
    ...DataGrid.defaultStyle,
    voidColor: theme.back,
    backgroundColor: theme.back,
    headerBackgroundColor: theme.head,
    gridLineColor: theme.line,
    headerGridLineColor: theme.line,
    headerVerticalGridLineColor: theme.line,
    headerHorizontalGridLineColor: theme.line,
    selectionFillColor: alpha(theme.brand, 0.14),
    selectionBorderColor: theme.brand,
    cursorFillColor: alpha(theme.brand, 0.1),
    cursorBorderColor: theme.brand,
    headerSelectionFillColor: alpha(theme.brand, 0.16),
    headerSelectionBorderColor: 'rgba(0,0,0,0)',
    scrollShadow: { size: 6, color1: 'rgba(0,0,0,0.12)', color2: 'rgba(0,0,0,0.05)', color3: 'rgba(0,0,0,0)' }
  };
}

function alpha(colour: string, part: number): string {
  return `color-mix(in srgb, ${colour} ${Math.round(part * 100)}%, transparent)`;
}

/** Values: numbers to the right, nothing as a quiet mark, what is on its way as a bar. */
export function cellRenderer(model: GridModel, theme: Theme): CellRenderer {
  const isMissing = (value: unknown): boolean => value === null || value === undefined;
  return new TextRenderer({
    font: theme.font,
    horizontalAlignment: ({ region, column }) =>
      model.column(region, column)?.kind === 'number' ? 'right' : 'left',
    textColor: ({ value }) => (value === PENDING || isMissing(value) ? theme.quiet : theme.text),
    backgroundColor: '',
    elideDirection: 'right',
    format: ({ region, column, value }) => {
      if (value === PENDING) {
        return '…';
      }
      const of = model.column(region, column);
      return isMissing(value) ? '∅' : of ? shown(value, of) : String(value);
    }
  });
}

export function numberRenderer(model: GridModel, theme: Theme): CellRenderer {
  const cells = cellRenderer(model, theme);
  const numbers = new TextRenderer({
    font: theme.small,
    horizontalAlignment: 'right',
    textColor: theme.quiet,
    backgroundColor: '',
    format: ({ value }) => new Intl.NumberFormat().format(Number(value))
  });
  return {
    paint: (gc, config) => (config.column === 0 ? numbers : cells).paint(gc, config)
  } as CellRenderer;
}

/** What a header tells of its column, beside its name. */
export interface Marks {
  /** 1, 2, … where the rows are sorted by it, negative where downwards. */
  sorted: (place: number) => number;
  isFiltered: (place: number) => boolean;
  /** How its values are spread, as counts. */
  bars: (place: number) => readonly number[] | null;
  /** Whether there is room for them. */
  hasBars?: boolean;
  hasMenu: boolean;
}

export class HeaderRenderer extends CellRenderer {
  constructor(
    private readonly _model: GridModel,
    private readonly _theme: Theme,
    private readonly _marks: Marks
  ) {
    super();
  }

  paint(gc: GraphicsContext, config: CellRenderer.CellConfig): void {
    const { x, y, width, height, region, column } = config;
    const theme = this._theme;
    gc.fillStyle = theme.head;
    gc.fillRect(x, y, width - 1, height - 1);
    const of = this._model.column(region, column);
    const place = this._model.place(region, column);
    if (!of || place === null) {
      return;
    }
    const menu = this._marks.hasMenu ? MENU : 0;
    gc.save();
    gc.beginPath();
    gc.rect(x, y, width - 1, height - 1);
    gc.clip();
    const sorted = this._marks.sorted(place);
    const mark = sorted ? `${sorted > 0 ? '▲' : '▼'}${Math.abs(sorted)}` : '';
    const right = x + width - PAD - menu;
    gc.textBaseline = 'middle';
    gc.textAlign = 'right';
    gc.font = theme.small;
    gc.fillStyle = theme.brand;
    let room = width - 2 * PAD - menu;
    if (mark) {
      gc.fillText(mark, right, y + 14);
      room -= gc.measureText(mark).width + 4;
    }
    gc.textAlign = 'left';
    gc.font = theme.bold;
    gc.fillStyle = this._marks.isFiltered(place) ? theme.brand : theme.text;
    gc.fillText(cut(gc, of.name, room), x + PAD, y + 14);
    gc.font = theme.small;
    gc.fillStyle = theme.quiet;
    const told = [of.type.toLowerCase()];
    if (this._marks.isFiltered(place)) {
      told.push(trans.__('filtered'));
    }
    if (typeof of.title === 'string') {
      told.unshift(of.title.trim() ? `“${of.title}”` : trans.__('no name'));
    }
    gc.fillText(cut(gc, told.join(' · '), width - 2 * PAD - menu), x + PAD, y + 31);
    if (menu) {
      gc.textAlign = 'center';
      gc.fillText('⋮', x + width - MENU / 2 - 2, y + 14);
    }
    this._paintBars(gc, config, place);
    gc.restore();
  }

  private _paintBars(gc: GraphicsContext, config: CellRenderer.CellConfig, place: number): void {
    const bars = this._marks.bars(place);
    const { x, y, width, height } = config;
    if (!bars?.length || height < HEADER + BARS) {
      return;
    }
    const most = Math.max(...bars, 1);
    const step = (width - 2 * PAD) / bars.length;
    gc.fillStyle = this._theme.soft;
    bars.forEach((number, bar) => {
      const tall = number ? Math.max(1.5, (number / most) * (BARS - 6)) : 0;
      gc.fillRect(x + PAD + bar * step, y + height - 4 - tall, Math.max(step - 1, 0.5), tall);
    });
  }
}

/** Which bar is at this distance from a header's left edge; -1 beside them. */
export function barAt(bars: readonly number[], width: number, x: number): number {
  const bar = Math.floor((x - PAD) / ((width - 2 * PAD) / bars.length));
  return bar >= 0 && bar < bars.length ? bar : -1;
}

function cut(gc: GraphicsContext, text: string, room: number): string {
  if (gc.measureText(text).width <= room) {
    return text;
  }
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (gc.measureText(`${text.slice(0, middle)}…`).width <= room) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low ? `${text.slice(0, low)}…` : '';
}
