// How the bench measures, as the report tells it.

/** Markdown. */
export const METHOD = `Service, yardsticks, database and loader share the cores of one machine, so absolute figures swing by a third from run to run and
say little about another machine; ratios to the yardsticks and CPU per event are what to compare. Systems take turns in interleaved
rounds whose order turns each time; figures are medians, and a ratio is the median of the ratios within each round. All of them,
yardsticks too, run on the same node with the service's start flags (\`--max-semi-space-size=64\`). Events are rows counted in the
database, and a run fails when more was acknowledged than is stored. Load: signed canonical webhooks of 1.2 KB over keep-alive
connections, 2,000 contacts seen before; PostgreSQL analysed before measuring, with durability as it is configured. CPU is what the
operating system charged to the service's process and to its PostgreSQL backends.

- The naive peer (\`test/perf/naive-peer.ts\`: stock Express and pg, one transaction of plain statements per request) writes the same
  rows to the same tables; the no-op (\`test/perf/no-op.ts\`) is stock Express that parses and answers; bare ws (\`test/perf/bare-ws.ts\`)
  sends a frame of 650 bytes to one client after the other.
- webhook→socket: screens are connected only where this is measured (and where fan-out, idle sockets and the idle tail are): ingest is
  measured without any. Socket.IO screens and senders share the loader's process and clock. Paced requests count from the time they
  were due, also when the loader or a busy connection made them late; how late the loader itself was is part of the figure and told
  beside it.
- Slowed flushes: \`commit_delay = 1500\`, \`commit_siblings = 0\` for the databases of that part, so whoever flushes the log waits 1.5 ms
  first, holding the write lock as a slow disk would. Who commits during the wait still joins the flush, which a slow disk would not
  allow: that favours the naive peer. A flush by another database of the same server is not slowed and takes these commits along, so
  the part times a lone commit with and without first, and measures nothing where there is no difference.
- Fan-out: one webhook (single: one message; burst: ten messages in one body, so one commit) when every client has the previous one; the rate
  is deliveries over the time from the first client's first byte to the last client's last. The clients are one process that reads bytes
  and only looks into them afterwards, so the faster the server the harder it is on it: its CPU per delivery is told too. Server CPU includes storing the message.
- Idle sockets: resident memory by the operating system in three fresh processes that have a thousand clients already (what a process
  grows to with its first ones is no client's memory), before and after 3,000 more authenticated clients of ten tenants connect, garbage collected by force at both times; what it is without that is told beside it.
- Kills: SIGKILL while 50 connections are loading; lost are the ids that were acknowledged and are not in the event log after the
  next start, looked up one by one: what was stored without an answer makes up for none.
- Five million messages: 200,000 contacts, each with an open ticket of 25 messages over eighty days, and the newest half million of
  their events and ledger rows, written by SQL and vacuumed; the 2,000 contacts of the load are among them.
- The idle tail: requests that one process sends to PostgreSQL in ten seconds (counted between the two, because PostgreSQL's statistics
  count its own vacuuming), with a screen of every tenant connected less without any; the CPU is that of all backends of the database.`;
