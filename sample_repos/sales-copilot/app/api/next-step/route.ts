import { generateObject } from 'ai';
import { z } from 'zod';

import { quick } from '@/lib/models';
import { nextStepPrompt } from '@/lib/prompts';

const nextStep = z.object({
  step: z.enum(['call', 'visit', 'quote', 'discount', 'wait']),
  why: z.string(),
});

export async function POST(request: Request) {
  const { stage, history } = await request.json();
  const { object } = await generateObject({
    model: quick,
    schema: nextStep,
    system: nextStepPrompt(stage),
    prompt: history,
  });
  return Response.json(object);
}
