import { handleAuth } from '@workos-inc/authkit-nextjs'
import { NextResponse } from 'next/server'

/** Where the login box sends people back to: exchanges the code and sets the session's cookie. */
export const GET = handleAuth({
  returnPathname: '/account',
  onError: ({ request }) => NextResponse.redirect(new URL('/?problem=sign-in', request.url)),
})
