/** Notes what a person has seen, and counts on the side bar's icon what not. */
import type { Panel } from '../../ui/Panel';
import { trans } from '../../ui/words';
import type { ChatState } from '../state';

/** Say that a conversation was seen when its panel is in sight of someone. */
export function watchSeen(state: ChatState, panel: Panel): void {
  const look = (): void => {
    const isGrowing = state.thread.ends.some(({ status }) => status === 'streaming');
    if (panel.isVisible && document.visibilityState === 'visible' && !isGrowing) {
      state.look();
    }
  };
  state.changed.connect(look);
  document.addEventListener('visibilitychange', look);
  const sight = new IntersectionObserver(look);
  sight.observe(panel.node);
  panel.disposed.connect(() => {
    sight.disconnect();
    state.changed.disconnect(look);
    document.removeEventListener('visibilitychange', look);
  });
}

/** Count the unread conversations on the icon; the one in sight does not count. */
export function countUnread(state: ChatState, panel: Panel, name: string): void {
  let shown = 0;
  state.changed.connect(() => {
    const isInSight = state.current?.is_unread && panel.isVisible;
    const count = Math.max(0, state.unread - (isInSight ? 1 : 0));
    if (count !== shown) {
      shown = count;
      const { 'sp-unread': _, ...rest } = panel.title.dataset;
      panel.title.dataset = count
        ? { ...rest, 'sp-unread': count > 99 ? '99+' : String(count) }
        : rest;
      panel.title.caption = count
        ? trans._n('%2 (%1 new answer)', '%2 (%1 new answers)', count, name)
        : name;
    }
  });
}
