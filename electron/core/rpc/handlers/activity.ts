import type { activityMethods } from '#shared/contract/activity.ts';
import type { Handlers } from '../dispatch.ts';
import type { HandlerServices } from './services.ts';

export function activityHandlers({
  activity,
  allowed,
}: HandlerServices): Pick<Handlers, keyof typeof activityMethods> {
  return {
    'activity.list': (input) => activity.list(input),
    'activity.allowed': () => allowed.list(),
  };
}
