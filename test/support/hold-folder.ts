/**
 * A process to be killed: takes the folder named on its command line, starts the database, writes a row, says so, waits.
 * Run by test/db/embedded.test.ts.
 */
import pg from 'pg'
import { startEmbedded } from '#db/embedded.ts'
import { lockFolder } from '#db/lock-folder.ts'

const [folder = ''] = process.argv.slice(2)
await lockFolder(folder)
const server = await startEmbedded({ folder, durable: false })
const client = new pg.Client({ connectionString: server.url })
await client.connect()
await client.query(`create table kept (note text); insert into kept values ('acknowledged')`)
process.stdout.write(JSON.stringify({ url: server.url, pid: server.pid }))
setInterval(() => undefined, 60_000)
