import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/mailbox.ts'
import { listMailbox } from '#domain/mail/mailbox.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function mailboxRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listMailbox, ({ query }, { environment }) => listMailbox(deps, environment, query))
}
