'use server'

import { signOut, switchToOrganization } from '@workos-inc/authkit-nextjs'

export async function switchTo(organizationId: string) {
  await switchToOrganization(organizationId, { returnTo: '/account' })
}

export async function signOutOfApp() {
  await signOut()
}
