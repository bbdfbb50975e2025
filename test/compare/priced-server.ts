/** A server that speaks enough of Google's generateContent for a model that the price table knows. */
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

export interface PricedServer {
  /** The environment that leads `google:gemini-2.5-pro` here. */
  env: Record<string, string>;
  requests: string[];
  close(): Promise<void>;
}

/** @param answer Of one request's text. Every answer takes 1,000 tokens in and 1,000 out: 0.01125 USD by the table. */
export async function startPricedServer(answer: (prompt: string) => string): Promise<PricedServer> {
  const requests: string[] = [];
  const server = createServer((incoming: IncomingMessage, response) => {
    const reply = async (): Promise<void> => {
      const prompt = await text(incoming);
      requests.push(prompt);
      const body = JSON.stringify({
        candidates: [{ content: { role: 'model', parts: [{ text: answer(prompt) }] }, finishReason: 'STOP', index: 0 }],
        usageMetadata: { promptTokenCount: 1000, candidatesTokenCount: 1000, totalTokenCount: 2000 },
      });
      const isStream = incoming.url?.includes('streamGenerateContent') === true;
      response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
      response.end(isStream ? `data: ${body}\n\n` : body);
    };
    reply().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    env: { GOOGLE_GENERATIVE_AI_API_KEY: 'test', GOOGLE_GENERATIVE_AI_BASE_URL: `http://127.0.0.1:${port}/v1beta` },
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
