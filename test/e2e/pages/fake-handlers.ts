import { activityOf } from './fake-activity.ts';
import { evidenceHandlers } from './fake-evidence.ts';
import { libraryHandlers } from './fake-library.ts';
import { runHandlers } from './fake-runs.ts';
import type { Emit, FakeHandlers, FakeState } from './fake-state.ts';
import { targetHandlers } from './fake-targets.ts';
import { workspaceHandlers } from './fake-workspace.ts';

export const handlersOf = (state: FakeState, emit: Emit): FakeHandlers => ({
  ...workspaceHandlers(state, emit),
  ...libraryHandlers(state, emit),
  ...targetHandlers(state, emit),
  ...runHandlers(state, emit),
  ...evidenceHandlers(state),
  ...activityOf(state),
  'lab.status': () => ({ lab: null }),
});
