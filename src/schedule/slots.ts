/** Slots: attempts at once, of the run, of each role and of each model. A composite holds none: its children do. */
import type { RoleSettings } from '../events.ts';
import type { RunState, SubtaskState } from './state.ts';

/** Whether one more attempt of a role that holds slots may start. */
export function hasSlot(state: RunState, role: string, settings: RoleSettings | undefined): boolean {
  const ofRole = settings?.concurrency;
  if (ofRole !== undefined && (state.slots.byRole.get(role) ?? 0) >= ofRole) return false;
  if (settings === undefined) return true;
  const { perModel } = state.settings.limits;
  const ofModel = (perModel[settings.model] ?? perModel['*'])?.concurrency;
  return ofModel === undefined || (state.slots.byModel.get(settings.model) ?? 0) < ofModel;
}

/** Whether an attempt of this role could start, all limits considered. */
export function isFree(state: RunState, role: string): boolean {
  const settings = state.settings.roles[role];
  if (settings?.composite === true) return true;
  return state.slots.all < state.settings.limits.concurrency && hasSlot(state, role, settings);
}

/** For an attempt that starts, or goes on after a person's answer. */
export function takeSlot(state: RunState, item: SubtaskState): void {
  const settings = state.settings.roles[item.role];
  if (settings?.composite !== true) changeSlots(state, item.role, settings, 1);
}

/** Of a running subtask: one whose attempt waits for a person holds none, nor does a mapped one, whose items do. */
export function holdsSlot({ people, subtask }: SubtaskState): boolean {
  return people?.isParked !== true && subtask.map === undefined;
}

/** Gives back the slot of an attempt that has ended. */
export function freeSlot(state: RunState, item: SubtaskState): void {
  const settings = state.settings.roles[item.role];
  if (settings?.composite !== true) changeSlots(state, item.role, settings, -1);
}

/** A role without a limit is counted only for an allocation, which goes by how busy it is. */
function changeSlots(state: RunState, role: string, settings: RoleSettings | undefined, by: 1 | -1): void {
  state.slots.all += by;
  if (settings === undefined) return;
  if (settings.concurrency !== undefined || state.allocation !== null) {
    state.slots.byRole.set(role, (state.slots.byRole.get(role) ?? 0) + by);
  }
  state.slots.byModel.set(settings.model, (state.slots.byModel.get(settings.model) ?? 0) + by);
}
