import type { OrganizationId } from '#contracts/ids.ts'
import type { Work } from '#db/work.ts'
import { createOrganization } from '../organizations/create.ts'
import { redirectUris } from '../redirects/families.ts'
import { setHomepage } from '../redirects/homepage.ts'
import { createUri } from '../redirects/uris.ts'
import { plantSampleUser } from './sample-user.ts'

/** The organization that examples, documentation and the test identity provider speak of. */
export const testOrganizationId: OrganizationId = 'org_test_idp'

/** Where the application under development lives. */
export interface Sample {
  readonly redirectUri: string
  readonly homepageUrl: string
}

/** What a developer needs to sign somebody in at once. */
export async function plantSample(work: Work, kind: 'staging' | 'production', sample: Sample): Promise<void> {
  await createUri(work, redirectUris, kind, { uri: sample.redirectUri, default: true })
  await setHomepage(work, kind, sample.homepageUrl)
  await createTestOrganization(work)
}

async function createTestOrganization(work: Work): Promise<void> {
  const input = { name: 'Test Organization', domain_data: [{ domain: 'example.com', state: 'verified' as const }] }
  await createOrganization(work, input, testOrganizationId)
  await plantSampleUser(work, testOrganizationId)
}
