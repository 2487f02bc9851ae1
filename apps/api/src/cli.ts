// The command line: `recado start | migrate | token`. Exit codes: 0 done, 1 failed, 2 used wrongly.
import { hideBin } from 'yargs/helpers';
import yargs from 'yargs';
import { ROLES } from './auth/tokens.js';
import { parseConfig, readEnvironment } from './config.js';
import { explainFailure } from './start-up/explain-failure.js';
import { migrateOnce } from './start-up/migrate-once.js';
import { printableToken } from './start-up/printable-token.js';
import { VERSION } from './version.js';

const commands = yargs(hideBin(process.argv))
  .scriptName('recado')
  .version(VERSION)
  .command('start', 'Start the service', {}, async () => {
    await import('./main.js');
  })
  .command('migrate', 'Bring the database to the schema of this version', {}, async () => {
    const count = await migrateOnce(parseConfig(readEnvironment()));
    console.log(count === 0 ? 'The schema is up to date.' : `Applied ${count} migration${count === 1 ? '' : 's'}.`);
  })
  .command(
    'token',
    'Print a token signed with the secret of this installation',
    {
      tenant: { type: 'string', demandOption: true, describe: 'Tenant the token belongs to' },
      sub: { type: 'string', demandOption: true, describe: 'Who it stands for, such as agent-1' },
      role: { choices: ROLES, array: true, demandOption: true, describe: 'What it may do; may be repeated' },
      name: { type: 'string', describe: 'Name shown to others' },
      hours: { type: 'number', default: 12, describe: 'How long it is valid' },
    },
    async ({ tenant, sub, role, name, hours }) => {
      console.log(
        await printableToken(parseConfig(readEnvironment()), { tenantId: tenant, sub, roles: role, name, hours }),
      );
    },
  )
  .demandCommand(1, 'Say what to do: start, migrate or token.')
  .recommendCommands()
  .strict()
  .fail((message, error, usage) => {
    if (error) throw error;
    console.error(`${message}\n`);
    usage.showHelp('error');
    process.exit(2);
  });

try {
  await commands.parseAsync();
} catch (error) {
  console.error(explainFailure(error, null));
  process.exit(1);
}
