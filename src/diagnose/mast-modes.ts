/**
 * The fourteen ways in which systems of several agents fail: MAST, Cemri et al., "Why Do Multi-Agent LLM Systems Fail?", 2025
 * (arXiv 2503.13657). Codes and names are the paper's; definitions are in our words.
 */

export const mastCodes = [
  '1.1',
  '1.2',
  '1.3',
  '1.4',
  '1.5',
  '2.1',
  '2.2',
  '2.3',
  '2.4',
  '2.5',
  '2.6',
  '3.1',
  '3.2',
  '3.3',
] as const;

export type MastCode = (typeof mastCodes)[number];
export type MastCategory = 'system design' | 'inter-agent misalignment' | 'task verification';

export interface MastMode {
  code: MastCode;
  name: string;
  category: MastCategory;
  definition: string;
  /** Who says it: a detector where the trace decides it, else a model; `both`: a detector decides only its plain cases. */
  method: 'detector' | 'judge' | 'both';
  /**
   * How far such a finding explains a bad outcome by itself, 0 to 1: a result that was never checked or work done twice lets an error
   * through or wastes; a lost instruction makes it.
   */
  weight: number;
}

export const mastModes: Readonly<Record<MastCode, MastMode>> = {
  '1.1': {
    code: '1.1',
    name: 'disobey task specification',
    category: 'system design',
    definition: 'What was delivered breaks a constraint or leaves out a demand that the task states.',
    method: 'both',
    weight: 1,
  },
  '1.2': {
    code: '1.2',
    name: 'disobey role specification',
    category: 'system design',
    definition: 'An agent does what its role does not allow, or claims to have done what its role has to do and did not.',
    method: 'detector',
    weight: 1,
  },
  '1.3': {
    code: '1.3',
    name: 'step repetition',
    category: 'system design',
    definition: 'Work that is finished is done again, though nothing has changed that could make it come out differently.',
    method: 'detector',
    weight: 0.7,
  },
  '1.4': {
    code: '1.4',
    name: 'loss of conversation history',
    category: 'system design',
    definition: 'An agent no longer knows what was said before and goes on from an earlier state.',
    method: 'detector',
    weight: 1,
  },
  '1.5': {
    code: '1.5',
    name: 'unaware of termination conditions',
    category: 'system design',
    definition: 'The agents do not notice that they are done, or that they cannot be, and go on until something else ends them.',
    method: 'detector',
    weight: 0.7,
  },
  '2.1': {
    code: '2.1',
    name: 'conversation reset',
    category: 'inter-agent misalignment',
    definition: 'A dialogue that was under way begins anew without anybody having asked for it.',
    method: 'detector',
    weight: 1,
  },
  '2.2': {
    code: '2.2',
    name: 'fail to ask for clarification',
    category: 'inter-agent misalignment',
    definition: 'An agent meets something unclear or missing and guesses where it could have asked.',
    method: 'judge',
    weight: 1,
  },
  '2.3': {
    code: '2.3',
    name: 'task derailment',
    category: 'inter-agent misalignment',
    definition: 'The work drifts to something that the task does not need.',
    method: 'judge',
    weight: 1,
  },
  '2.4': {
    code: '2.4',
    name: 'information withholding',
    category: 'inter-agent misalignment',
    definition: 'An agent has what another one needs and does not pass it on.',
    method: 'judge',
    weight: 1,
  },
  '2.5': {
    code: '2.5',
    name: "ignored other agent's input",
    category: 'inter-agent misalignment',
    definition:
      'What an agent found or asked for is neither used nor answered by the others, or is contradicted without a reason.',
    method: 'detector',
    weight: 1,
  },
  '2.6': {
    code: '2.6',
    name: 'reasoning–action mismatch',
    category: 'inter-agent misalignment',
    definition: 'What an agent does is not what it has just reasoned or announced.',
    method: 'both',
    weight: 1,
  },
  '3.1': {
    code: '3.1',
    name: 'premature termination',
    category: 'task verification',
    definition: 'The work ends before what was asked for or planned is done.',
    method: 'detector',
    weight: 0.9,
  },
  '3.2': {
    code: '3.2',
    name: 'no or incomplete verification',
    category: 'task verification',
    definition: 'A result that could have been checked is handed over without a check, or with one of a part of it.',
    method: 'detector',
    weight: 0.6,
  },
  '3.3': {
    code: '3.3',
    name: 'incorrect verification',
    category: 'task verification',
    definition: 'A check was made and says that a wrong result is right.',
    method: 'judge',
    weight: 0.9,
  },
};

export function isMastCode(text: string): text is MastCode {
  return Object.hasOwn(mastModes, text);
}
