/** A run's state: what folding its events gives. Mutable, and owned by the fold alone. */
import type { AllocationBook } from '../allocate/allocation-book.ts';
import type { AllocationRecord } from '../allocate/allocation-strategy.ts';
import type { ErrorRecord } from '../errors.ts';
import type {
  ApprovalAnswer,
  ApprovalRequest,
  Contradiction,
  EndReason,
  EndStatus,
  ReplanCause,
  RunSettings,
  StoredValue,
  Strategy,
} from '../events.ts';
import type { Assumption, PlanProblem, Subtask } from '../plan/plan.ts';
import type { Command, MapItem } from './command.ts';
import { createReadyQueue, type ReadyQueue } from './ready-queue.ts';

export type SubtaskStatus =
  /** Dependencies are not done, or no slot is free. */
  | 'waiting'
  | 'running'
  | 'verifying'
  | 'succeeded'
  | 'failed'
  /** Something it depends on failed, or the run stopped before its turn. */
  | 'skipped'
  | 'cancelled'
  /** A replan or a refused draft put something else in its place. */
  | 'superseded';

export interface SubtaskState {
  subtask: Subtask;
  status: SubtaskStatus;
  /** The role of the current attempt; the plan's until a re-route. */
  role: string;
  /** `open`: `role` is only the kind of work, and who does it is still to be decided. A record: decided, and not told yet. */
  allocation: 'open' | AllocationRecord | null;
  /** Number of the latest attempt; 0 before the first. */
  attempt: number;
  /** Attempts of this subtask that were started. */
  attempts: number;
  retries: number;
  /** Roles that have failed it, in order. */
  triedRoles: string[];
  /** The verdict on the attempt before. */
  feedback: string | null;
  /** The command that started the current attempt: played again after a crash, it has to be the same to the letter. */
  started: Extract<Command, { kind: 'start' }> | null;
  /** null: nobody was asked about it. Most subtasks have neither this nor `mapping`, which keeps large plans small. */
  people: PeopleState | null;
  /** Of a mapped subtask whose list is known, and of its items. */
  mapping: ListMapping | ItemMapping | null;
  /** Dependencies that are not done. */
  waitingOn: number;
  dependents: SubtaskState[];
  /** Longest remaining path from here to a sink, in estimated ms, itself included. */
  rank: number;
  /** Place in the order of arrival: the tie-break. */
  order: number;
  /** Held back while a replan that may replace it is under way. */
  frozen: boolean;
  output: StoredValue | null;
  /** Of the attempt's workspace, from the run's base. */
  patch: StoredValue | null;
  /** What the executor found to be untrue; acted on once its result is accepted. */
  contradictions: Contradiction[];
  error: ErrorRecord | null;
  /** Start of the first attempt and end of the last one, ms since the Unix epoch. */
  startedMs: number | null;
  endedMs: number | null;
}

/** What people have to do with a subtask. */
export interface PeopleState {
  /** Of its next attempt. `used`: an earlier attempt was asked for, so all that follow are. */
  approval: 'none' | 'asked' | 'given' | 'used';
  /** Tool calls of the current attempt that a person was asked about, by `step/toolIndex`. */
  requests: Map<string, ToolRequest>;
  /** The current attempt waits for a person, or for a slot after the answer: it holds none. */
  isParked: boolean;
}

export interface ListMapping {
  kind: 'list';
  /** What runs for each item, in order. */
  items: SubtaskState[];
}

export interface ItemMapping extends MapItem {
  kind: 'item';
  /** The mapped subtask. */
  parent: SubtaskState;
}

export interface ToolRequest {
  request: Extract<ApprovalRequest, { kind: 'tool' }>;
  answer: ApprovalAnswer | null;
  /** The answer was handed to the attempt. */
  goesOn: boolean;
}

export type Phase = 'new' | 'gating' | 'planning' | 'approving' | 'executing' | 'synthesizing' | 'checking' | 'ended';

export interface RunState {
  phase: Phase;
  task: string;
  settings: RunSettings;
  strategy: Strategy;
  /** Every subtask the run has had, by id, in order of arrival. */
  subtasks: Map<string, SubtaskState>;
  /** Subtasks that name a dependency which has not arrived, by that dependency's id. */
  unresolved: Map<string, SubtaskState[]>;
  /** What unstarted work assumes of a subtask's result, by that subtask's id. */
  assumptions: Map<string, Assumption[]>;
  /** Highest attempt an id has had in a draft that was refused: keys are never used twice. */
  attemptFloor: Map<string, number>;
  ready: ReadyQueue;
  /** null: each subtask goes to the role that the plan names. */
  allocation: AllocationBook | null;
  /** Subtasks whose next attempt a person was asked for. */
  asked: number;
  /** Attempts whose requests are all answered and that want a slot again, in the order of the answers. */
  unparked: SubtaskState[];
  /** Nothing could go on without a person when the last event was entered: no time passes. */
  isWaiting: boolean;
  /** The plan is a person's own: it is never rewritten. */
  isPlanGiven: boolean;
  /** Attempts that hold a slot: in all, by role, by model. */
  slots: { all: number; byRole: Map<string, number>; byModel: Map<string, number> };
  /** Subtasks whose attempt or verification is under way, composites included. */
  inFlight: number;
  /** Subtasks that are neither ended nor superseded. */
  open: number;
  /** The last attempt of the planner, from 1. */
  planAttempt: number;
  plannerAtWork: boolean;
  planProblems: PlanProblem[];
  /** As the plan names it; null: the only sink, or a synthesis. */
  deliverable: string | null;
  /** Subtasks whose accepted results the team's pattern reads, the first now: `verifying`, and in flight. */
  growing: Set<SubtaskState>;
  /** Number of the last replan, from 1. */
  epoch: number;
  replan: Extract<Command, { kind: 'replan' }> | null;
  /** Causes that wait for the plan to be whole or for the replan before them. */
  replanQueue: ReplanCause[];
  /** A result that was synthesized, or null. */
  synthesized: StoredValue | null;
  syntheses: number;
  /** Set when nothing new may start; the run ends when nothing is in flight. */
  stopping: { reason: EndReason; detail?: string } | null;
  /** Wall time while a process drove the run. */
  activeMs: number;
  lastMs: number;
  startedMs: number;
  endedMs: number | null;
  end: { status: EndStatus; reason: EndReason; deliverable: StoredValue | null; detail?: string } | null;
}

const noSettings: RunSettings = {
  strategy: 'auto',
  limits: { retries: 0, reroutes: 0, replans: 0, concurrency: 1, perModel: {}, depth: 1 },
  generalist: '',
  roles: {},
  approve: false,
  planRepairs: 0,
  checksDeliverable: false,
  typed: false,
};

/** A run before its first event. */
export function createRunState(): RunState {
  return {
    phase: 'new',
    task: '',
    settings: noSettings,
    strategy: 'team',
    subtasks: new Map(),
    unresolved: new Map(),
    assumptions: new Map(),
    attemptFloor: new Map(),
    ready: createReadyQueue(),
    allocation: null,
    asked: 0,
    unparked: [],
    isWaiting: false,
    isPlanGiven: false,
    slots: { all: 0, byRole: new Map(), byModel: new Map() },
    inFlight: 0,
    open: 0,
    planAttempt: 0,
    plannerAtWork: false,
    planProblems: [],
    deliverable: null,
    growing: new Set(),
    epoch: 0,
    replan: null,
    replanQueue: [],
    synthesized: null,
    syntheses: 0,
    stopping: null,
    activeMs: 0,
    lastMs: 0,
    startedMs: 0,
    endedMs: null,
    end: null,
  };
}

/** Shared by all subtasks that have none; never mutated. */
const noContradictions: Contradiction[] = [];

/** A subtask of which nothing has happened yet; what it waits for is linked by whoever adds it. */
export function createSubtaskState(subtask: Subtask, order: number): SubtaskState {
  return {
    subtask,
    status: 'waiting',
    role: subtask.role,
    allocation: null,
    attempt: 0,
    attempts: 0,
    retries: 0,
    triedRoles: [],
    feedback: null,
    started: null,
    people: null,
    mapping: null,
    waitingOn: 0,
    dependents: [],
    rank: 0,
    order,
    frozen: false,
    output: null,
    patch: null,
    contradictions: noContradictions,
    error: null,
    startedMs: null,
    endedMs: null,
  };
}

/** Of a mapped subtask: what runs for each item, in order; null before its list is known, and of any other. */
export function itemsOf({ mapping }: SubtaskState): SubtaskState[] | null {
  return mapping?.kind === 'list' ? mapping.items : null;
}

/** Of what runs for one item: of which mapped subtask, and for which item. */
export function partOf({ mapping }: SubtaskState): ItemMapping | null {
  return mapping?.kind === 'item' ? mapping : null;
}

export function isUnderWay(state: SubtaskState): boolean {
  return state.status === 'running' || state.status === 'verifying';
}

/** Neither ended nor superseded. */
export function isOpen(state: SubtaskState): boolean {
  return state.status === 'waiting' || isUnderWay(state);
}

/** Starts once its dependencies have ended, whatever became of them. A mapped subtask needs its list. */
export function takesFailures({ evenIfFailed, map }: Subtask): boolean {
  return evenIfFailed === true && map === undefined;
}
