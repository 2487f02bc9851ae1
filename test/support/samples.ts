// Deliveries of the broker contract.

/** The contract's own sample (whatsapp-broker, "Sample"), word for word. */
export const CONTRACT_SAMPLE = {
  id: 'wamid-123',
  type: 'MESSAGE_INBOUND',
  instanceId: 'instance-42',
  timestamp: '2024-05-02T13:05:00.000Z',
  payload: {
    instanceId: 'instance-42',
    timestamp: '2024-05-02T13:05:00.000Z',
    contact: { phone: '+5511999999999', name: 'Maria', registrations: ['ABC123'] },
    message: { conversation: 'Oi!', imageMessage: { mimetype: 'image/jpeg' } },
    metadata: { broker: 'baileys', timestamp: 1714655100 },
  },
};

/** An inbound text of instance `demo`. */
export function inboundText(id: string, { phone = '+5511988887777', text = 'Oi!' } = {}) {
  return {
    id,
    type: 'MESSAGE_INBOUND',
    instanceId: 'demo',
    timestamp: new Date().toISOString(),
    payload: { contact: { phone, name: 'Maria' }, message: { conversation: text }, metadata: { broker: 'baileys' } },
  };
}
