import { withAuth } from '@workos-inc/authkit-nextjs'
import Link from 'next/link'

export default async function Home({ searchParams }: { readonly searchParams: Promise<{ problem?: string }> }) {
  const [{ user }, { problem }] = await Promise.all([withAuth(), searchParams])
  return (
    <>
      <h1>Next.js example</h1>
      {problem && <p role="alert">You are not signed in: the answer does not belong to a sign-in of this browser.</p>}
      {user ? (
        <p>
          Welcome back, {user.firstName ?? user.email}. <Link href="/account">Your account</Link>
        </p>
      ) : (
        <p>
          <a className="button primary" href="/login">
            Sign in
          </a>
        </p>
      )}
    </>
  )
}
