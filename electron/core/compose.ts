import { AppError } from '#shared/contract/errors.ts';
import {
  type Client,
  contract,
  type EventName,
  type Events,
  type MethodName,
  type Output,
} from '#shared/contract/index.ts';
import { createSystemProxies } from './endpoints/system-proxy.ts';
import { createTransport } from './endpoints/transport.ts';
import type { Transport } from './endpoints/types.ts';
import { createEventBus, type EventBus } from './events.ts';
import {
  CONTROL_IDS,
  KNOWN_POSITIVE_ID,
  labCanaryDrafts,
  loadLabResources,
  RELAY_ID,
  startLabServer,
  TEACHER_ID,
  TEMPORAL_CONTROL_IDS,
  trainLab,
} from './lab/index.ts';
import type { Ports } from './ports.ts';
import { createDispatch, type Dispatch } from './rpc/dispatch.ts';
import { createHandlers } from './rpc/handlers.ts';
import { createAuditService } from './services/audit/audit.ts';
import { createLabService, type LabPort, type LabStart } from './services/lab.ts';
import { createActivityService } from './services/network/activity.ts';
import { type AllowList, createAllowList } from './services/network/allow-list.ts';
import { createRescoreService } from './services/scoring/rescore.ts';
import { createSimilarityService } from './services/scoring/similarity.ts';
import { createAutoLock } from './services/vault/auto-lock.ts';
import { locksWhenIdle } from './services/vault/status.ts';
import { createWorkspaceService } from './services/workspace/workspace.ts';

const RELAY_TIMEOUT_MS = 60_000;

export interface Core {
  readonly client: Client;
  readonly dispatch: Dispatch;
  readonly events: EventBus;
  /** Halts audits after the requests in flight, locks the workspace, closes every connection. */
  close(): Promise<void>;
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  [TEACHER_ID]: 'our own model: serves the planted canaries',
  [RELAY_ID]: 'a proxy that passes each question to the teacher',
  [KNOWN_POSITIVE_ID]: 'our own student of the teacher at dose 0.5',
  ...Object.fromEntries(CONTROL_IDS.map((id) => [id, 'independent control'])),
  ...Object.fromEntries(
    TEMPORAL_CONTROL_IDS.map((id) => [id, 'temporal control, released before planting']),
  ),
};

function labPort(ports: Ports, allowed: AllowList): LabPort {
  const resources = () => loadLabResources(ports.paths.resources);
  const relayThrough =
    (transport: Transport) =>
    async (body: Uint8Array, headers: Readonly<Record<string, string>>, url: string) => {
      const { response } = await transport.send(
        {
          method: 'POST',
          url,
          headers: [
            ['content-type', 'application/json'],
            ['accept', headers.accept ?? 'application/json'],
          ],
          auth: null,
          body,
        },
        { reason: 'lab', timeoutMs: RELAY_TIMEOUT_MS, allowPrivate: true, allowHttp: true },
      );
      if (!response)
        return { status: 502, headers: { 'content-type': 'text/plain' }, body: new Uint8Array() };
      const answer = response.rawHeaders.map(
        ([name, value]) => [name.toLowerCase(), value] as const,
      );
      return {
        status: response.statusCode,
        headers: Object.fromEntries(answer),
        body: response.body,
      };
    };
  return {
    drafts: (options) => labCanaryDrafts({ resources: resources(), ...options }),
    start: async (options: LabStart) => {
      const models = trainLab({
        resources: resources(),
        seed: options.seed,
        served: options.served,
        late: options.late,
        students: options.students,
        leaked: options.leaked.length > 0 ? [{ name: 'leaked', entries: options.leaked }] : [],
      });
      const latencyMs = Object.fromEntries(models.map((model) => [model.id, options.latencyMs]));
      const server = await startLabServer({
        models,
        port: options.port,
        relay: relayThrough(options.transport),
        latencyMs,
      });
      const close = allowed.add(new URL(server.baseUrl).host);
      const doses = new Map(options.students.map(({ name, dose }) => [name, dose]));
      return {
        baseUrl: server.baseUrl,
        models: models.map(({ id }) => ({
          name: id,
          description:
            DESCRIPTIONS[id] ??
            (doses.has(id)
              ? `a student of the teacher at dose ${doses.get(id)}`
              : 'knows the leaked entries'),
        })),
        requests: () =>
          Object.values(server.counts).reduce((sum, count) => sum + count.requests, 0),
        close: async () => {
          close();
          await server.close();
        },
      };
    },
  };
}

function clientOf(dispatch: Dispatch, events: EventBus): Client {
  return {
    call: async (name, input) => {
      const envelope = await dispatch(name, JSON.parse(JSON.stringify(input)));
      if (!envelope.ok)
        throw new AppError(envelope.error.code, envelope.error.message, envelope.error.data);
      return JSON.parse(JSON.stringify(envelope.data)) as Output<typeof name>;
    },
    on: <E extends EventName>(event: E, listener: (data: Events[E]) => void) =>
      events.on((name, data) => {
        if (name === event) listener(data as Events[E]);
      }),
  };
}

/** What is answered while an audit goes on behind the lock. */
const BEHIND_THE_LOCK: ReadonlySet<string> = new Set<MethodName>([
  'workspace.status',
  'workspace.unlock',
  'workspace.lock',
  'vault.status',
  'vault.touch',
  'vault.unlockWithRecovery',
  'vault.unlockWithKeychain',
]);

/**
 * Counts commands as signs of a person, since queries repeat by themselves; answers nothing while it is locked, nor what was
 * asked before and comes upon a closed database.
 */
function guarded(
  dispatch: Dispatch,
  lock: {
    readonly isCurtained: () => boolean;
    readonly isOpen: () => boolean;
    readonly touch: () => void;
  },
): Dispatch {
  return async (name, input) => {
    if (Object.hasOwn(contract, name) && contract[name as MethodName].kind === 'command')
      lock.touch();
    if (lock.isCurtained() && !BEHIND_THE_LOCK.has(name))
      return {
        ok: false,
        error: {
          code: 'WORKSPACE_LOCKED',
          message: 'The workspace is locked; the audit goes on. Unlock it to see more.',
        },
      };
    const wasOpen = lock.isOpen();
    const envelope = await dispatch(name, input);
    return !envelope.ok && envelope.error.code === 'INTERNAL' && wasOpen && !lock.isOpen()
      ? {
          ok: false,
          error: {
            code: 'WORKSPACE_LOCKED',
            message: 'The workspace was locked before this was done. Unlock it and start again.',
          },
        }
      : envelope;
  };
}

/** The one composition root: the same core under the desktop app, browser mode and the command line. */
export function createCore(ports: Ports): Core {
  const events = createEventBus();
  const { env } = ports.runtime;
  const workspace = createWorkspaceService(ports, events, {
    untilIdle: () => audits.untilIdle(),
    flush: () => activity.flush(),
  });
  const activity = createActivityService(workspace.behind);
  const system = createSystemProxies(env, ports.systemProxy);
  const allowed = createAllowList(workspace.behind, system);
  events.on((name) => {
    if (name !== 'audit.changed') allowed.changed();
  });
  const transport = createTransport({
    env,
    system,
    isConfigured: allowed.isConfigured,
    onConnection: activity.record,
  });
  const audits = createAuditService({
    transport,
    events,
    logger: ports.logger,
    notifier: ports.notifier,
  });
  const lab = createLabService(labPort(ports, allowed), transport);
  const similarity = createSimilarityService();
  const rescore = createRescoreService(transport);
  events.on((name, data) => {
    // It shows canaries to somebody, and nobody is there to stop it.
    if (name === 'workspace.changed' && 'state' in data && data.state === 'locked')
      void rescore.close();
  });
  const handlers = createHandlers({
    activity,
    allowed,
    system,
    workspace,
    audits,
    lab,
    similarity,
    rescore,
    transport,
    ports,
    events,
  });
  const autoLock = locksWhenIdle(ports.runtime.host)
    ? createAutoLock(ports.clock, {
        minutes: () => workspace.autoLockMinutes(),
        lock: () => workspace.lock(),
      })
    : null;
  const dispatch = guarded(createDispatch(handlers, ports.logger, ports.runtime), {
    isCurtained: () => workspace.isHeld(),
    isOpen: () => workspace.isOpen(),
    touch: () => autoLock?.touch(),
  });
  return {
    client: clientOf(dispatch, events),
    dispatch,
    events,
    close: async () => {
      await audits.close();
      await lab.close();
      await similarity.close();
      await rescore.close();
      await transport.close();
      autoLock?.stop();
      await workspace.close();
    },
  };
}
