import type { FastifyInstance } from 'fastify'
import { authorizeDevice, DeviceAuthorizationRequest } from '#contracts/device-authorization.ts'
import { change } from '#db/work.ts'
import { identifyClient } from '#domain/authentication/client.ts'
import { startDevice } from '#domain/authentication/device.ts'
import { Invalid } from '#domain/errors.ts'
import type { Deps } from '../deps.ts'
import { checkBody } from '../input.ts'
import { publicOauthRoute } from '../rate-limit.ts'

/** POST /user_management/authorize/device: forms as RFC 8628 §3.1 says, or JSON. */
export function deviceRoute(app: FastifyInstance, deps: Deps): void {
  app.post(authorizeDevice.path, publicOauthRoute, async (request, reply) => {
    reply.header('cache-control', 'no-store')
    const { body } = request
    const { client_id: clientId } = readRequest(body instanceof URLSearchParams ? Object.fromEntries(body) : body)
    const { environment } = await identifyClient(deps.db, clientId, undefined, deps.clock())
    const answer = await change(deps, { environment }, (work) => startDevice(work, clientId, deps.baseUrl))
    return reply.status(200).type('application/json; charset=utf-8').send(JSON.stringify(answer))
  })
}

function readRequest(body: unknown): { client_id: string } {
  try {
    return checkBody(DeviceAuthorizationRequest, body) as { client_id: string } // just checked
  } catch (error) {
    throw error instanceof Invalid ? new Invalid(error.errors, 'invalid_request_parameters') : error
  }
}
