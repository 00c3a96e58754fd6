import { useEffect, useRef, useState } from 'react';
import { client } from '../client/client.ts';
import { tellPresence } from '../client/presence.ts';
import { transport } from '../client/transport.ts';
import { clearQueries, refetchAll, useQuery } from '../client/use-query.ts';
import { CreateScreen } from '../features/workspace/create-screen.tsx';
import { UnlockScreen } from '../features/workspace/unlock-screen.tsx';
import { ErrorNote, Skeleton } from '../ui/page.tsx';
import { Shell } from './shell.tsx';
import { Toasts } from './toasts.tsx';

export function App() {
  const status = useQuery('workspace.status', {}, [
    'workspace.changed',
    'library.changed',
    'target.changed',
    'audit.changed',
  ]);
  const [connected, setConnected] = useState(true);
  const { refetch } = status;
  const wasUnlocked = useRef(false);
  useEffect(() => {
    if (status.data) wasUnlocked.current = status.data.state === 'unlocked';
  }, [status.data]);

  useEffect(() => {
    // What was read must not stay in memory once the workspace is locked.
    const off = client.on('workspace.changed', ({ state }) => {
      clearQueries();
      // A page that starts anew has no memory of what any screen held.
      if (state === 'locked' && wasUnlocked.current) window.location.reload();
      else refetchAll();
    });
    const offPresence = tellPresence();
    const offConnection = transport.onConnection((up) => {
      setConnected((before) => {
        if (up && !before) refetchAll();
        return up;
      });
    });
    return () => {
      off();
      offPresence();
      offConnection();
    };
  }, []);

  const data = status.data;
  if (!data) {
    return status.error ? (
      <main className="mx-auto max-w-160 p-12">
        <h1 className="mb-3 text-20 font-medium">Trapstreet is not reachable from this page</h1>
        <ErrorNote error={status.error} onRetry={refetch} />
      </main>
    ) : (
      <Skeleton />
    );
  }
  return (
    <>
      {data.state === 'absent' && <CreateScreen status={data} onDone={refetch} />}
      {data.state === 'locked' && <UnlockScreen status={data} onDone={refetch} />}
      {data.state === 'unlocked' && <Shell status={data} connected={connected} />}
      <Toasts />
    </>
  );
}
