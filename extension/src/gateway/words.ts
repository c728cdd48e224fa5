/** Ready snippets for programs, and tokens' limits in words. Pure. */
import type { GatewayToken, Scope } from '../api/schema';
import { trans } from '../ui/words';

export const LANGUAGES = ['Notebook', 'Python · openai', 'Python · ollama', 'curl', 'MCP'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What a token can allow, in words. */
export function scopes(): ReadonlyArray<{ id: Scope; label: string; short: string }> {
  return [
    { id: 'models:read', label: trans.__('List the models'), short: trans.__('models') },
    { id: 'chat', label: trans.__('Ask for answers'), short: trans.__('chat') },
    { id: 'embeddings', label: trans.__('Ask for embeddings'), short: trans.__('embeddings') },
    { id: 'tools', label: trans.__('Call tools over MCP'), short: trans.__('tools') }
  ];
}

/** Days until a token ends; 0: never. */
export const ENDS: ReadonlyArray<{ days: number; label: string }> = [
  { days: 7, label: 'In 7 days' },
  { days: 30, label: 'In 30 days' },
  { days: 90, label: 'In 90 days' },
  { days: 365, label: 'In a year' },
  { days: 0, label: 'Never' }
];

const NO_TOKEN = 'sponde-…';

/** What a program needs to write, ready to be run. */
export function snippet(
  language: Language,
  openai: string,
  ollama: string,
  mcp: string,
  secret: string
): string {
  const token = secret || NO_TOKEN;
  switch (language) {
    case 'Notebook':
      return `import sponde

client = sponde.openai()  # no token needed here
answer = client.chat.completions.create(
    model="default",
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.choices[0].message.content)`;
    case 'Python · openai':
      return `from openai import OpenAI

client = OpenAI(
    base_url="${openai}",
    api_key="${token}",
)
answer = client.chat.completions.create(
    model="default",
    messages=[{"role": "user", "content": "Hello"}],
)
print(answer.choices[0].message.content)`;
    case 'Python · ollama':
      return `from ollama import Client

client = Client(
    host="${ollama}",
    headers={"Authorization": "Bearer ${token}"},
)
answer = client.chat("default", [{"role": "user", "content": "Hello"}])
print(answer.message.content)`;
    case 'MCP':
      return `{
  "mcpServers": {
    "sponde": {
      "type": "http",
      "url": "${mcp}",
      "headers": { "Authorization": "Bearer ${token}" }
    }
  }
}`;
    case 'curl':
      return `curl ${openai}/chat/completions \\
  -H "Authorization: Bearer ${token}" \\
  -H "Content-Type: application/json" \\
  -d '{"model": "default", "messages": [{"role": "user", "content": "Hello"}]}'`;
  }
}

/** A token's limits, such as "60 a minute · 2 at once · 100,000 tokens a day". */
export function limits(token: GatewayToken): string {
  const said: string[] = [];
  if (token.requests_per_minute) {
    said.push(`${count(token.requests_per_minute)} a minute`);
  }
  if (token.parallel) {
    said.push(`${count(token.parallel)} at once`);
  }
  if (token.tokens_per_day) {
    said.push(`${count(token.tokens_per_day)} tokens a day`);
  }
  return said.join(' · ') || 'none';
}

/** What a token was used for today. */
export function today(token: GatewayToken): string {
  if (!token.requests_today) {
    return '–';
  }
  const asked = `${count(token.requests_today)} request${token.requests_today === 1 ? '' : 's'}`;
  return `${asked}, ${count(token.tokens_today)} tokens`;
}

/** When a token ends, such as "in 30 days". */
export function ends(token: GatewayToken, now: number = Date.now()): string {
  if (!token.expires_at) {
    return 'never';
  }
  const days = (new Date(token.expires_at).getTime() - now) / 86_400_000;
  if (days <= 0) {
    return 'expired';
  }
  if (days < 1) {
    return 'today';
  }
  return `in ${Math.round(days)} day${Math.round(days) === 1 ? '' : 's'}`;
}

function count(value: number): string {
  return value.toLocaleString('en');
}
