import { generateText } from 'ai';

import { writer } from '@/lib/models';
import { EMAIL_PROMPT } from '@/lib/prompts';

export async function POST(request: Request) {
  const { notes, seller } = await request.json();
  const { text } = await generateText({
    model: writer,
    system: EMAIL_PROMPT,
    prompt: `Seller: ${seller}\nNotes of the call:\n${notes}`,
    abortSignal: AbortSignal.timeout(20_000),
  });
  return Response.json({ email: text });
}
