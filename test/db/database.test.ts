import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '#db/database.ts'
import { Pipeline } from '#db/pipeline.ts'
import { createEmptyDatabase } from '../support/database.ts'
import { databaseUrl, runSql } from '../support/run-sql.ts'

test('a connection that is cut in a transaction fails the transaction and nothing else', async () => {
  const db = await createEmptyDatabase()
  const cut = db.kysely.transaction().execute(async (tx) => {
    const { pid } = await tx
      .selectNoFrom((eb) => eb.fn<number>('pg_backend_pid', []).as('pid'))
      .executeTakeFirstOrThrow()
    await db.pool.query('select pg_terminate_backend($1, 5000)', [pid])
    await tx.selectNoFrom((eb) => eb.lit(1).as('one')).execute()
  })
  await expect(cut).rejects.toThrow(/terminat|not queryable/i)
  expect((await db.pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
})

describe('look-ups share a connection', () => {
  const one = (value: number) => ({ name: 'one', text: 'select $1::int as value', values: [value] })

  test('each gets its own answer, and one that fails takes no other with it', async () => {
    const { lookUps } = await createEmptyDatabase()
    const asked = Array.from({ length: 200 }, (_, n) =>
      n === 100
        ? lookUps.query({ name: 'fails', text: 'select 1 / $1::int', values: [0] })
        : lookUps.query<{ value: number }>(one(n)),
    )
    const answers = await Promise.allSettled(asked)
    expect(answers.filter(({ status }) => status === 'rejected')).toHaveLength(1)
    expect(answers[100]).toMatchObject({ reason: { code: '22012' } })
    expect(answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value.rows : []))).toEqual(
      Array.from({ length: 200 }, (_, n) => ({ value: n })).filter(({ value }) => value !== 100),
    )
  })

  test('nothing can be written through it', async () => {
    const { lookUps, pool } = await createEmptyDatabase()
    await pool.query('create table things (n integer)')
    const write = lookUps.query({ text: 'with made as (insert into things values (1) returning n) select n from made' })
    await expect(write).rejects.toMatchObject({ code: '25006' })
  })

  test('when it is cut, those who wait hear of it, and the next one is answered', async () => {
    const { lookUps, pool } = await createEmptyDatabase()
    const { rows } = await lookUps.query<{ pid: number }>({ text: 'select pg_backend_pid() as pid' })
    const waiting = Promise.allSettled([lookUps.query({ text: 'select pg_sleep(60)' }), lookUps.query(one(1))])
    await pool.query('select pg_terminate_backend($1, 5000)', [rows[0]?.pid])
    expect((await waiting).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect((await lookUps.query(one(2))).rows).toEqual([{ value: 2 }])
  })

  test('where the network swallows what is sent, those who wait are told, and the next one gets another connection', async () => {
    const { url } = await createEmptyDatabase()
    const { hostname, port } = new URL(url)
    let swallows = false
    const network = createServer((from) => {
      const to = connect(Number(port), hostname)
      from.on('data', (sent) => swallows || to.write(sent)).on('close', () => to.destroy())
      to.on('data', (answer) => from.write(answer)).on('close', () => from.destroy())
      for (const socket of [from, to]) socket.on('error', () => undefined)
    })
    network.listen(0, '127.0.0.1')
    await once(network, 'listening')
    onTestFinished(() => void network.close())
    const through = new URL(url)
    through.hostname = '127.0.0.1'
    through.port = String((network.address() as AddressInfo).port)
    const lookUps = new Pipeline({ connectionString: through.href }, 300)
    onTestFinished(() => lookUps.close())
    expect((await lookUps.query(one(1))).rows).toEqual([{ value: 1 }])
    swallows = true
    const waiting = await Promise.allSettled([lookUps.query(one(2)), lookUps.query(one(3))])
    expect(waiting.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    swallows = false
    await expect.poll(async () => (await lookUps.query(one(4))).rows).toEqual([{ value: 4 }])
  })

  test('nothing is looked up once it is closed', async () => {
    const { url } = await createEmptyDatabase()
    const { lookUps, close } = openDatabase({ url, poolSize: 1, onError: () => undefined })
    const last = lookUps.query(one(1))
    await close()
    expect((await last).rows).toEqual([{ value: 1 }])
    await expect(lookUps.query(one(2))).rejects.toThrow('closed')
  })

  test('a database that was away is asked again', async () => {
    const { url } = await createEmptyDatabase()
    const name = `${new URL(url).pathname.slice(1)}_later`
    const away = openDatabase({ url: databaseUrl(url, name), poolSize: 1, onError: () => undefined })
    onTestFinished(async () => {
      await away.close()
      await runSql(url, `drop database if exists ${name} with (force)`)
    })
    await expect(away.lookUps.query(one(1))).rejects.toMatchObject({ code: '3D000' })
    await runSql(url, `create database ${name}`)
    expect((await away.lookUps.query(one(2))).rows).toEqual([{ value: 2 }])
  })
})
