// A token signed with this installation's secret, made without starting the service.
import { signToken } from '../auth/sign.js';
import type { Role } from '../auth/tokens.js';
import type { Config } from '../config.js';
import { openConfiguredDatabase } from '../db/open-configured.js';
import { keepInDatabase } from '../db/installation.js';
import { migrate } from '../db/migrate.js';
import { keepInDirectory, keepInMemory } from '../secrets-file.js';
import { loadSecrets } from '../secrets.js';
