'use client'

import { useAccessToken, useAuth } from '@workos-inc/authkit-nextjs/components'

/** What the browser's side of the library knows: it renews the access token by itself. */
export function Live() {
  const { user, organizationId, loading } = useAuth()
  const { accessToken } = useAccessToken()
  return (
    <p role="status">
      {loading || !user ? 'Asking…' : `In the browser: ${user.email}, ${organizationId ?? 'no organization'}`}
      {accessToken ? ', with an access token.' : '.'}
    </p>
  )
}
