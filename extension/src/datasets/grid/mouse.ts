/** The mouse in the grid: headers sort, open their menu and filter by their bars; the rest is Lumino's. */
import { BasicMouseHandler, type DataGrid } from '@lumino/datagrid';
import type { GridModel } from './model';
import { BARS, HEADER, MENU, barAt } from './paint';

export interface HeaderHit {
  /** The column's place in the source. */
  place: number;
  part: 'name' | 'menu' | 'bar';
  /** Which bar, where it is one. */
  bar: number;
  shift: boolean;
  x: number;
  y: number;
}

interface Deeds {
  header: (hit: HeaderHit) => void;
  bars: (place: number) => readonly number[] | null;
}

const EDGE = 6;

export class GridMouse extends BasicMouseHandler {
  private _pressed: HeaderHit | null = null;

  constructor(
    private readonly _model: GridModel,
    private readonly _deeds: Deeds
  ) {
    super();
  }

  onMouseDown(grid: DataGrid, event: MouseEvent): void {
    grid.viewport.node.focus({ preventScroll: true });
    this._pressed = event.button === 0 ? this._hit(grid, event) : null;
    if (!this._pressed && event.button === 0) {
      super.onMouseDown(grid, event);
    }
  }

  onMouseUp(grid: DataGrid, event: MouseEvent): void {
    const pressed = this._pressed;
    this._pressed = null;
    super.onMouseUp(grid, event);
    const now = pressed && this._hit(grid, event);
    if (now && now.place === pressed.place && now.part === pressed.part) {
      this._deeds.header(now);
    }
  }

  onMouseHover(grid: DataGrid, event: MouseEvent): void {
    super.onMouseHover(grid, event);
    if (this._hit(grid, event)) {
      grid.viewport.node.style.cursor = 'pointer';
    }
  }

  /** The menu of the header under the mouse. */
  menu(grid: DataGrid, event: MouseEvent): void {
    const hit = this._hit(grid, event);
    if (hit) {
      this._deeds.header({ ...hit, part: 'menu' });
    }
  }

  private _hit(grid: DataGrid, event: MouseEvent): HeaderHit | null {
    const found = grid.hitTest(event.clientX, event.clientY);
    if (found.region !== 'column-header' && found.region !== 'corner-header') {
      return null;
    }
    const place = this._model.place(found.region, found.column);
    if (place === null || found.x < EDGE - 1 || found.x > found.width - EDGE) {
      return null;
    }
    const bars = this._deeds.bars(place);
    const isBar = Boolean(bars?.length) && found.height >= HEADER + BARS && found.y > found.height - BARS;
    const bar = isBar && bars ? barAt(bars, found.width, found.x) : -1;
    const part = bar >= 0 ? 'bar' : found.x > found.width - MENU && found.y < HEADER / 2 + 8 ? 'menu' : 'name';
    return { place, part, bar, shift: event.shiftKey, x: event.clientX, y: event.clientY };
  }
}
