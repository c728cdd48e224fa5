/** How large a piece of the page is, as it changes. */
import * as React from 'react';

export interface Size {
  width: number;
  height: number;
}

/** The size of what the reference holds; 0 × 0 before it is measured. */
export function useSize(of: React.RefObject<HTMLElement>): Size {
  const [size, setSize] = React.useState<Size>({ width: 0, height: 0 });
  React.useLayoutEffect(() => {
    const node = of.current;
    if (!node) {
      return;
    }
    const measure = (): void => {
      const { clientWidth: width, clientHeight: height } = node;
      setSize(known =>
        known.width === width && known.height === height ? known : { width, height }
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(node);
    return () => observer.disconnect();
  }, [of]);
  return size;
}
