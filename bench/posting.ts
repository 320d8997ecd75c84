/** What no delivery can spare: a signature and a request. Started by the webhooks bench, which says how many. */
import { createHmac } from 'node:crypto'
import { Agent, request } from 'undici'
import { childOptions, tellParent } from './child.ts'

const concurrency = 200
const { url } = childOptions<{ url: string }>()
const dispatcher = new Agent({ connections: 64 })
const body = JSON.stringify({ data: 'x'.repeat(450) })

process.on('message', ({ count }: { count: number }) => {
  let left = count
  const begin = performance.now()
  const one = async () => {
    while (left-- > 0) {
      const signature = createHmac('sha256', 'secret').update(`${Date.now()}.${body}`).digest('hex')
      const answer = await request(url, {
        method: 'POST',
        dispatcher,
        body,
        headers: { 'content-type': 'application/json', 'workos-signature': `t=1, v1=${signature}` },
      })
      await answer.body.dump()
    }
  }
  void Promise.all(Array.from({ length: concurrency }, one)).then(() =>
    tellParent({ seconds: (performance.now() - begin) / 1000 }),
  )
})
tellParent({})
