import { authkitProxy } from '@workos-inc/authkit-nextjs'

/** Reads and refreshes the session before any page is made. (Before Next 16 this file is called `middleware.ts`.) */
export default authkitProxy()

export const config = { matcher: ['/', '/account', '/login'] }
