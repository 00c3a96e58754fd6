import type { rescoreMethods } from '#shared/contract/rescore.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function rescoreHandlers(
  _services: HandlerServices,
): Pick<Handlers, keyof typeof rescoreMethods> {
  return {};
}
