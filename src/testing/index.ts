/** `planwright/testing`: doubles for tests of teams and tools, and what every store and every engine has to do, as cases. */
export { createLocalEngine, type Engine, type EngineRun } from '../engine/engine.ts';
export { type EngineCase, listEngineCases } from '../engine/engine-conformance.ts';
export type { EngineMeans, EngineUnderTest, OpenEngine } from '../engine/engine-stage.ts';
export { listStoreCases, type StoreCase } from '../engine/store-conformance.ts';
export type { ChatMessage, ChatRequestBody, ChatUsage } from './chat-protocol.ts';
export { type FakeClock, fakeClock } from './fake-clock.ts';
export type { AnswerReply, HangReply, RawReply, RefusalReply, ScriptedReply, ScriptedRequest } from './scripted-exchange.ts';
export {
  type ScriptedAnswer,
  type ScriptedModel,
  type ScriptedModelOptions,
  type ScriptedToolCall,
  scriptedModel,
} from './scripted-model.ts';
export { type ScriptedServer, type ScriptedServerOptions, type ServerScript, startScriptedServer } from './scripted-server.ts';
