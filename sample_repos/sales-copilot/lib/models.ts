import { anthropic } from '@ai-sdk/anthropic';
import { openai } from '@ai-sdk/openai';

export const writer = openai('gpt-5.6-sol');
export const quick = anthropic('claude-haiku-4-5');
