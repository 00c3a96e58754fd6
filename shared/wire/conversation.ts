import type { ChatMessage } from './types.ts';

/** System and developer messages in order: formats that keep them apart from the conversation take them from here. */
export const systemTexts = (messages: readonly ChatMessage[]): string[] =>
  messages.filter(isSystem).map(({ content }) => content);

/** The conversation without its system messages. */
export const turns = (
  messages: readonly ChatMessage[],
): { readonly role: 'user' | 'assistant'; readonly content: string }[] =>
  messages.flatMap(({ role, content }) =>
    role === 'user' || role === 'assistant' ? [{ role, content }] : [],
  );

const isSystem = ({ role }: ChatMessage): boolean => role === 'system' || role === 'developer';

/** A conversation as one text: a single message as it is, several with their roles, so that none is lost. */
export function asText(messages: readonly ChatMessage[]): string {
  const [only] = messages;
  if (messages.length === 1 && only !== undefined) return only.content;
  return messages.map(({ role, content }) => `${role}: ${content}`).join('\n\n');
}
