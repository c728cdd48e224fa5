/** Well-known small open models, as a starting point for someone who has none yet. */

export interface Suggestion {
  /** Its id at the hub. */
  hub_id: string;
  /** What its weights take, in GB, as its makers publish them. */
  gigabytes: number;
  licence: string;
  /** What it is good for, in a few words. */
  note: string;
}

/** Smallest first. The hub is asked for the true size and licence before anything is downloaded. */
export const SUGGESTIONS: readonly Suggestion[] = [
  {
    hub_id: 'HuggingFaceTB/SmolLM2-360M-Instruct',
    gigabytes: 0.7,
    licence: 'apache-2.0',
    note: 'runs anywhere, knows little'
  },
  {
    hub_id: 'Qwen/Qwen2.5-0.5B-Instruct',
    gigabytes: 1.0,
    licence: 'apache-2.0',
    note: 'bearable without a graphics card'
  },
  {
    hub_id: 'Qwen/Qwen2.5-Coder-1.5B-Instruct',
    gigabytes: 3.1,
    licence: 'apache-2.0',
    note: 'code and SQL, small'
  },
  {
    hub_id: 'Qwen/Qwen2-VL-2B-Instruct',
    gigabytes: 4.4,
    licence: 'apache-2.0',
    note: 'reads pictures and charts'
  },
  {
    hub_id: 'microsoft/Phi-4-mini-instruct',
    gigabytes: 7.7,
    licence: 'mit',
    note: 'reasons well for its size'
  },
  {
    hub_id: 'Qwen/Qwen2.5-Coder-7B-Instruct',
    gigabytes: 15.2,
    licence: 'apache-2.0',
    note: 'code and analysis, on a 24 GB card'
  }
];
