import { authkitProxy } from '@workos-inc/authkit-nextjs'

/**
 * Reads and refreshes the session before any page is made, and sends whoever has none to the login box. (Before Next 16
 * this file is called `middleware.ts`.) A page alone cannot: it may not set the cookie that the way back is checked with.
 */
export default authkitProxy({
  middlewareAuth: { enabled: true, unauthenticatedPaths: ['/', '/login'] },
})

export const config = { matcher: ['/', '/account', '/login'] }
