// Every declared route of the REST API.
import type { Route } from '../route.js';
import { authRoutes } from './auth.js';
import { contactRoutes } from './contacts.js';
import { eventRoutes } from './events.js';
import { instanceRoutes } from './instances.js';
import { ledgerRoutes } from './ledger.js';
import { messageRoutes } from './messages.js';
import { queueRoutes } from './queues.js';
import { tenantRoutes } from './tenants.js';
import { ticketRoutes } from './tickets.js';

export const ROUTES: readonly Route[] = [
  ...ticketRoutes,
  ...messageRoutes,
  ...contactRoutes,
  ...queueRoutes,
  ...instanceRoutes,
  ...tenantRoutes,
  ...eventRoutes,
  ...authRoutes,
  ...ledgerRoutes,
];
