// The secrets of an instance as they are sealed in its row: broker credentials, and what its webhooks are checked with.
import { z } from 'zod';
import { seal, unseal } from './encryption.js';

/** Canonical, Evolution and WAHA take `apiKey`, the Cloud API `accessToken`. */
export const InstanceCredentialsSchema = z.union([
  z.strictObject({ apiKey: z.string().min(1).max(4096) }),
  z.strictObject({ accessToken: z.string().min(1).max(4096) }),
]);
export type InstanceCredentials = z.infer<typeof InstanceCredentialsSchema>;

/** What opens the instance's webhook door. Two HMAC secrets while they are rotated. */
export const InstanceWebhookSchema = z.strictObject({
  apiKey: z.string().min(16).max(512).nullish(),
  hmacSecrets: z.array(z.string().min(16).max(512)).max(2).nullish(),
  verifyToken: z.string().min(1).max(512).nullish(),
});
export type InstanceWebhook = z.infer<typeof InstanceWebhookSchema>;

type Column = 'credentials' | 'webhook';

/** Seals a value for its column of the instance's row. */
export function sealInstanceSecret(
  key: Uint8Array,
  { instanceId, column, value }: { instanceId: string; column: Column; value: InstanceCredentials | InstanceWebhook },
): Buffer {
  return seal(key, value, placeOf(instanceId, column));
}

/** Opens the `credentials` of an instance's row. Throws when the key is another one. */
export function openCredentials(key: Uint8Array, instanceId: string, sealed: Buffer): InstanceCredentials {
  return InstanceCredentialsSchema.parse(unseal(key, sealed, placeOf(instanceId, 'credentials')));
}

/** Opens the `webhook` of an instance's row. Throws when the key is another one. */
export function openWebhook(key: Uint8Array, instanceId: string, sealed: Buffer): InstanceWebhook {
  return InstanceWebhookSchema.parse(unseal(key, sealed, placeOf(instanceId, 'webhook')));
}

function placeOf(instanceId: string, column: Column): string {
  return `instances.${column}:${instanceId}`;
}
