import type { OrganizationId } from '#contracts/ids.ts'
import { change } from '#db/work.ts'
import { requireSecret } from '../client.ts'
import { completeSignIn } from '../complete.ts'
import { holdPending, usePending } from '../pending.ts'
import { type Grant, requireFields } from './grant.ts'

/** The person has chosen where to go. */
export const organizationSelection: Grant = async (deps, { client, fields }) => {
  requireSecret(client)
  const { organization_id: organization, pending_authentication_token: token } = requireFields(
    fields,
    'organization_id',
    'pending_authentication_token',
  )
  return change(deps, { environment: client.environment }, async (work) => {
    const pending = await holdPending(work, token, 'organization')
    const outcome = await completeSignIn(work, deps.secrets, pending.user, {
      ...pending.facts,
      organization: organization as OrganizationId, // an id of anything else finds no membership
    })
    await usePending(work, pending)
    return outcome
  })
}
