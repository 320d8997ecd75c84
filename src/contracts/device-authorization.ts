import * as Type from 'typebox'
import type { Static } from 'typebox'
import { endpoint } from './endpoint.ts'

/** RFC 8628 §3.2. */
export const DeviceAuthorization = Type.Object({
  device_code: Type.String(),
  user_code: Type.String(),
  verification_uri: Type.String({ format: 'uri' }),
  verification_uri_complete: Type.String({ format: 'uri' }),
  /** Seconds. */
  expires_in: Type.Integer(),
  /** Seconds between two questions of the device. */
  interval: Type.Integer(),
})
export type DeviceAuthorization = Static<typeof DeviceAuthorization>

export const DeviceAuthorizationRequest = Type.Object({ client_id: Type.String() })

export const authorizeDevice = endpoint({
  operationId: 'authorizeDevice',
  method: 'POST',
  path: '/user_management/authorize/device',
  summary: 'Begin to sign somebody in on a device without a browser',
  tag: 'authentication',
  access: 'public',
  body: DeviceAuthorizationRequest,
  success: { status: 200, body: DeviceAuthorization },
  errors: { 400: ['invalid_client'], 422: ['invalid_request_parameters'] },
})
