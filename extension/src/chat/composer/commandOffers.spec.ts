/** What the server offers while a command is written. */
import { describe, expect, it, vi } from 'vitest';
import type { ISponde } from '../../api/tokens';
import { CommandOffers } from './commandOffers';

const offer = (label: string): object => ({ kind: 'column', label, detail: 'text', insert: `${label} ` });

function made(answer: object): { offers: CommandOffers; asked: unknown[] } {
  const asked: unknown[] = [];
  const call = async (_: string, options: { body: unknown }): Promise<object> => {
    asked.push(options.body);
    return answer;
  };
  return { offers: new CommandOffers({ api: { call } } as unknown as ISponde), asked };
}

describe('offers of the server', () => {
  it('are asked for once the keys rest, and only for the last text', async () => {
    vi.useFakeTimers();
    const { offers, asked } = made({ start: 12, end: 13, offers: [offer('city'), offer('code')] });
    offers.look('/clean @sale', 12);
    offers.look('/clean @s c', 11);
    await vi.advanceTimersByTimeAsync(100);
    vi.useRealTimers();
    expect(asked).toEqual([{ text: '/clean @s c', caret: 11 }]);
  });

  it('are narrowed while the next answer is on its way, and gone where they fit no more', async () => {
    vi.useFakeTimers();
    const { offers } = made({ start: 10, end: 11, offers: [offer('city'), offer('code')] });
    offers.look('/clean @s c', 11);
    await vi.advanceTimersByTimeAsync(100);
    vi.useRealTimers();
    expect(offers.at('/clean @s c', 11)?.offers).toHaveLength(2);
    expect(offers.at('/clean @s ci', 12)).toMatchObject({ from: 10, to: 12, offers: [{ label: 'city' }] });
    expect(offers.at('/clean @s cx', 12)).toBeNull();
    expect(offers.at('/clean @s city ', 15)).toBeNull();
    expect(offers.at('/other', 6)).toBeNull();
  });
});
