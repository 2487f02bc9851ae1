// What `npm run bench` was asked for.
import { parseArgs } from 'node:util';
import { z } from 'zod';

/** The parts of the bench, in the order they run. */
export const PARTS = [
  'ingest',
  'latency',
  'second-node',
  'slow-flush',
  'fan-out',
  'idle-sockets',
  'embedded',
  'two-processes',
  'start-up',
  'five-million',
] as const;
export type Part = (typeof PARTS)[number];

/** Parts that take minutes and gigabytes: they run with `--deep`, or when they are asked for by name. */
const DEEP: readonly Part[] = ['five-million'];

const OptionsSchema = z.object({
  only: z.array(z.enum(PARTS)).optional(),
  deep: z.boolean().default(false),
  seconds: z.coerce.number().positive().max(600).default(4),
  rounds: z.coerce.number().int().min(1).max(50).default(3),
  gate: z.boolean().default(false),
  dry: z.boolean().default(false),
  profile: z.string().optional(),
});

/** `seconds` of load per measurement; `profile` is a directory for the service's CPU profiles; `dry` leaves the report alone. */
export type Options = Omit<z.infer<typeof OptionsSchema>, 'only' | 'deep'> & { parts: Part[] };

/** Reads the command line. Throws with a sentence for each thing that cannot be used. */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string', multiple: true },
      deep: { type: 'boolean' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      gate: { type: 'boolean' },
      dry: { type: 'boolean' },
      profile: { type: 'string' },
    },
  });
  const parsed = OptionsSchema.safeParse(values);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  const { only, deep, ...rest } = parsed.data;
  const isWanted = (part: Part) => only?.includes(part) ?? (deep || !DEEP.includes(part));
  return { ...rest, parts: PARTS.filter(isWanted) };
}
