// A process that takes a directory lock when told to, and keeps it while it lives.
import { lockDirectory } from '../../apps/api/dist/db/embedded/lock.js';

process.on('message', () => {
  lockDirectory(process.argv[2]).then(
    () => process.send('taken'),
    (error) => process.send(error.name),
  );
});
process.on('disconnect', () => process.exit());
process.send('waiting');
