import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/invitations.ts'
import { change } from '#db/work.ts'
import { NotFound } from '#domain/errors.ts'
import { acceptInvitationById } from '#domain/invitations/accept.ts'
import { type InvitationRow, presentInvitation } from '#domain/invitations/present.ts'
import { listInvitations, readInvitation, readInvitationByToken } from '#domain/invitations/read.ts'
import { resendInvitation } from '#domain/invitations/resend.ts'
import { revokeInvitation } from '#domain/invitations/revoke.ts'
import { sendInvitation } from '#domain/invitations/send.ts'
import type { Deps } from '../deps.ts'
import { serve } from '../serve.ts'

export function invitationRoutes(app: FastifyInstance, deps: Deps): void {
  const show = (row: InvitationRow) => presentInvitation(row, deps, deps.clock())

  serve(app, deps, contract.listInvitations, ({ query }, { environment }) => listInvitations(deps, environment, query))

  serve(app, deps, contract.sendInvitation, ({ body }, { scope }) =>
    change(deps, scope, async (work) => show(await sendInvitation(work, deps, body))),
  )

  serve(app, deps, contract.getInvitation, async ({ params }, { environment }) =>
    show(await readInvitation(deps.db.kysely, environment, params.id)),
  )

  serve(app, deps, contract.findInvitationByToken, async ({ params }, { environment }) => {
    const row = await readInvitationByToken(deps.db.kysely, environment, params.token)
    if (!row) throw new NotFound('Invitation', params.token)
    return show(row)
  })

  serve(app, deps, contract.acceptInvitation, ({ params }, { scope }) =>
    change(deps, scope, async (work) => show(await acceptInvitationById(work, params.id))),
  )

  serve(app, deps, contract.revokeInvitation, ({ params }, { scope }) =>
    change(deps, scope, async (work) => show(await revokeInvitation(work, params.id))),
  )

  serve(app, deps, contract.resendInvitation, ({ params, body }, { scope }) =>
    change(deps, scope, async (work) => show(await resendInvitation(work, deps, params.id, body.locale))),
  )
}
