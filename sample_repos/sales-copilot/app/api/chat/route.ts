import { convertToModelMessages, streamText } from 'ai';
import { openai } from '@ai-sdk/openai';

export async function POST(request: Request) {
  const { messages } = await request.json();
  const result = streamText({
    model: openai('gpt-5.6-luna'),
    system: 'You help sellers of Larkfield to find products. Never name the price of a competitor.',
    messages: convertToModelMessages(messages),
    abortSignal: AbortSignal.timeout(60_000),
  });
  return result.toUIMessageStreamResponse();
}
