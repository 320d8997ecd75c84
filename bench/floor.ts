/**
 * What no sign-in can spare: one RSA signature to verify, its digest, one durable commit. Started by the sign-in bench,
 * which says how long to run.
 */
import { generateKeyPairSync, hash, sign, verify } from 'node:crypto'
import pg from 'pg'
import { childOptions, tellParent } from './child.ts'
import { closedLoop } from './rounds.ts'

export interface FloorRun {
  readonly concurrency: number
  readonly milliseconds: number
}

const { databaseUrl } = childOptions<{ databaseUrl: string }>()
const pool = new pg.Pool({ connectionString: databaseUrl, max: 10 })
await pool.query('create table floor (id bigint generated always as identity primary key, digest text not null)')

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const content = Buffer.alloc(4096, 'a')
const signature = sign('sha256', content, privateKey)

async function one(): Promise<void> {
  if (!verify('sha256', content, publicKey, signature)) throw new Error('the signature does not hold')
  const values = [hash('sha256', content)]
  await pool.query({ name: 'floor', text: 'insert into floor (digest) values ($1)', values })
}

process.on('message', ({ concurrency, milliseconds }: FloorRun) => {
  void closedLoop(concurrency, milliseconds, one).then(tellParent)
})
tellParent({})
