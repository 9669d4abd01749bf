import type { Emit } from './trace.ts';
import type { Host, World } from './world-state.ts';

/** A fault that was asked for has had an effect. Each one is told once. */
export function landOnce(world: World, host: Host, fault: string, emit: Emit): void {
  if (!host.pending.delete(fault)) return;
  emit({ at: world.now, server: host.id, kind: 'landed', fault });
}

export function landed(world: World, server: number, fault: string, emit: Emit): void {
  emit({ at: world.now, server, kind: 'landed', fault });
}
