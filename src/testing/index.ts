/** `planwright/testing`: doubles for tests of teams, tools and engines. */
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
