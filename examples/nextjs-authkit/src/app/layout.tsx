import { withAuth } from '@workos-inc/authkit-nextjs'
import { AuthKitProvider, Impersonation } from '@workos-inc/authkit-nextjs/components'
import type { Metadata } from 'next'
import type { ReactNode } from 'react'
// oxlint-disable-next-line import/no-unassigned-import -- Next.js makes it the style sheet of every page.
import './styles.css'

export const metadata: Metadata = { title: 'Next.js example', icons: { icon: 'data:,' } }

export default async function Layout({ children }: { readonly children: ReactNode }) {
  const { accessToken: _stays, ...initialAuth } = await withAuth()
  return (
    <html lang="en">
      <body>
        <AuthKitProvider initialAuth={initialAuth}>
          <main>{children}</main>
          <Impersonation />
        </AuthKitProvider>
      </body>
    </html>
  )
}
