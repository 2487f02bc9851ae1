// What `npm run bench` was asked for.
import { parseArgs } from 'node:util';
import { z } from 'zod';

/** The parts of the bench, in the order they run. */
export const PARTS = ['ingest', 'latency', 'embedded', 'start-up'] as const;
export type Part = (typeof PARTS)[number];

const OptionsSchema = z.object({
  only: z.array(z.enum(PARTS)).default([...PARTS]),
  seconds: z.coerce.number().positive().max(600).default(4),
  rounds: z.coerce.number().int().min(1).max(50).default(3),
  gate: z.boolean().default(false),
  profile: z.string().optional(),
});

/** `seconds` of load per measurement; `profile` is a directory for the service's CPU profiles. */
export type Options = z.infer<typeof OptionsSchema> & { isWhole: boolean };

/** Reads the command line. Throws with a sentence for each thing that cannot be used. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      gate: { type: 'boolean' },
      profile: { type: 'string' },
    },
  });
  const parsed = OptionsSchema.safeParse(values);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return { ...parsed.data, isWhole: PARTS.every((part) => parsed.data.only.includes(part)) };
}
