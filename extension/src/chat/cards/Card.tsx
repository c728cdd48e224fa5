/** A card in an answer: what would be done, and the button that does it. */
import { checkIcon } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import * as React from 'react';
import type { JobDefinition, ScheduleOutlook } from '../../api/schema';
import type { ISponde } from '../../api/tokens';
import { Button } from '../../ui/Button';
import { ErrorNote } from '../../ui/ErrorNote';
import { keepFile } from '../../ui/fetchFile';
import { trans } from '../../ui/words';
import { read, type Deed } from './reading';
import '../../../style/cards.css';

interface Props {
  data: unknown;
  sponde: ISponde;
  commands: CommandRegistry;
}

export function Card({ data, sponde, commands }: Props): JSX.Element | null {
  const card = React.useMemo(() => read(data), [data]);
  if (!card) {
    return null;
  }
  const plan = card.deeds.find(({ act }) => act === 'schedule');
  return (
    <section className="sp-ActCard" aria-label={card.title}>
      <div className="sp-ActCard-title">{card.title}</div>
      <dl className="sp-ActCard-lines">
        {card.lines.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
      {plan ? (
        <Plan deed={plan} sponde={sponde} commands={commands} />
      ) : (
        <Deeds deeds={card.deeds} sponde={sponde} commands={commands} />
      )}
    </section>
  );
}

// -- a schedule --------------------------------------------------------------------------------

interface Planned {
  outlook: ScheduleOutlook;
  made: JobDefinition | null;
}

/** When it would run next, in this tab's zone where none was said; then the job as it was made. */
function Plan({ deed, sponde, commands }: { deed: Deed; sponde: ISponde; commands: CommandRegistry }): JSX.Element {
  const { api } = sponde;
  const notebook = String(deed.arguments.notebook);
  const cron = String(deed.arguments.cron);
  const zone =
    String(deed.arguments.time_zone ?? '') || Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
  const parameters = (deed.arguments.parameters ?? {}) as Record<string, unknown>;
  const [planned, setPlanned] = React.useState<Planned | null>(null);
  const [isBusy, setBusy] = React.useState(false);
  const [error, setError] = React.useState<unknown>(null);

  React.useEffect(() => {
    let isHere = true;
    const look = async (): Promise<void> => {
      try {
        const [outlook, definitions] = await Promise.all([
          api.call('POST /schedule-outlooks', { body: { cron, time_zone: zone, catch_up: 'record' } }),
          api.call('GET /job-definitions')
        ]);
        const made = definitions.find(
          one =>
            one.notebook === notebook &&
            one.schedule?.cron === cron &&
            one.schedule.time_zone === zone &&
            JSON.stringify(one.parameters) === JSON.stringify(parameters)
        );
        if (isHere) {
          setPlanned({ outlook, made: made ?? null });
        }
      } catch (failure) {
        if (isHere) {
          setError(failure);
        }
      }
    };
    void look();
    return () => {
      isHere = false;
    };
  }, [api, notebook, cron, zone]);

  const make = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const made = await api.call('POST /job-definitions', {
        body: { notebook, parameters, schedule: { cron, time_zone: zone, catch_up: 'record' } }
      });
      setPlanned(before => (before ? { ...before, made } : before));
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };

  return (
    <>
      <dl className="sp-ActCard-lines">
        <div>
          <dt>{trans.__('Time zone')}</dt>
          <dd>{zone}</dd>
        </div>
        {planned && planned.outlook.next.length > 0 && (
          <div>
            <dt>{trans.__('Next')}</dt>
            <dd>
              <ul className="sp-ActCard-times">
                {planned.outlook.next.map(moment => (
                  <li key={moment}>{shown(moment, zone)}</li>
                ))}
              </ul>
            </dd>
          </div>
        )}
      </dl>
      <ErrorNote error={error} onDismiss={() => setError(null)} />
      <div className="sp-ActCard-deeds">
        {planned?.made ? (
          <>
            <span className="sp-ActCard-done" role="status">
              <checkIcon.react tag="span" width="16px" height="16px" />
              {trans.__('Scheduled as “%1”.', planned.made.name)}
            </span>
            <Button label={trans.__('Show')} onClick={() => void commands.execute('sponde:jobs:open')} />
          </>
        ) : (
          <Button label={deed.label} kind="accept" disabled={isBusy || !planned} onClick={() => void make()} />
        )}
      </div>
    </>
  );
}

function shown(moment: string, zone: string): string {
  return new Date(moment).toLocaleString(undefined, {
    timeZone: zone,
    weekday: 'short',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit'
  });
}

// -- files and experiments -----------------------------------------------------------------------

function Deeds(props: { deeds: Deed[]; sponde: ISponde; commands: CommandRegistry }): JSX.Element {
  const { deeds, sponde, commands } = props;
  const [error, setError] = React.useState<unknown>(null);
  const [saved, setSaved] = React.useState('');
  const save = async (deed: Deed): Promise<void> => {
    setError(null);
    const [, id] = /^\/conversations\/([\w-]+)\//.exec(String(deed.arguments.address)) ?? [];
    try {
      const { path } = await sponde.api.call('POST /conversations/{conversation_id}/export', {
        path: { conversation_id: id ?? '' },
        body: { format: formatOf(deed.arguments.format) }
      });
      setSaved(path);
    } catch (failure) {
      setError(failure);
    }
  };
  /** The conversation with every message and branch, as a file that can be imported again. */
  const file = async (deed: Deed): Promise<void> => {
    setError(null);
    try {
      const ids = [String(deed.arguments.conversation_id)];
      const content = await sponde.api.call('POST /conversations/file', { body: { ids } });
      keepFile(content, 'conversation.json');
    } catch (failure) {
      setError(failure);
    }
  };
  const doIt = async (deed: Deed): Promise<unknown> => {
    if (deed.act === 'experiment') {
      return experiment(deed, commands);
    }
    return deed.act === 'file' ? file(deed) : save(deed);
  };
  return (
    <>
      <ErrorNote error={error} onDismiss={() => setError(null)} />
      <div className="sp-ActCard-deeds">
        {deeds.map((deed, index) =>
          deed.act === 'download' ? (
            <a
              key={index}
              className="sp-ActCard-link jp-Button jp-mod-styled"
              href={address(sponde, String(deed.arguments.address))}
              download=""
            >
              {deed.label}
            </a>
          ) : (
            <Button
              key={index}
              label={deed.label}
              kind={deed.act === 'experiment' ? 'accept' : 'plain'}
              onClick={() => void doIt(deed)}
            />
          )
        )}
        {saved && (
          <span className="sp-ActCard-done" role="status">
            {trans.__('Saved as')}{' '}
            <button
              type="button"
              className="sp-Link"
              onClick={() => void commands.execute('docmanager:open', { path: saved })}
            >
              {saved}
            </button>
          </span>
        )}
      </div>
    </>
  );
}

function experiment(deed: Deed, commands: CommandRegistry): Promise<unknown> {
  const { notebook, other } = deed.arguments;
  return commands.execute('sponde:experiments:compare', {
    notebook: String(notebook),
    ...(typeof other === 'string' ? { notebooks: [String(notebook), other] } : {})
  });
}

/** The full address of a route of ours. */
function address(sponde: ISponde, path: string): string {
  return sponde.api.url('GET /template-file').replace(/\/template-file.*$/, '') + path;
}

function formatOf(name: unknown): 'notebook' | 'markdown' | 'html' {
  return name === 'markdown' || name === 'html' ? name : 'notebook';
}
