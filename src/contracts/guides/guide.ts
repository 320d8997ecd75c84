import type { SamlConnectionType } from '../connections.ts'
import type { DirectoryType } from '../directories.ts'

/** Values of ours that an identity provider is given. */
export type OurValue = 'acs_url' | 'sp_entity_id' | 'sp_metadata_url' | 'endpoint' | 'bearer_token'

/** A field over there, by the words of its label, and what goes into it. */
export interface GuideField {
  readonly label: string
  readonly value: OurValue
}

/** One thing to do. Labels of the other side's console stand between two asterisks each. */
export interface GuideStep {
  readonly text: string
  readonly fields?: readonly GuideField[]
  readonly notes?: readonly string[]
}

/** An attribute to send, the source in the identity provider's words, and the field of ours that reads it. */
export interface GuideAttribute {
  readonly name: string
  readonly source: string
  readonly reads: string
}

interface GuideBase {
  /** As in "Your Okta directory was created". */
  readonly provider: string
  /** Where the administrator works. */
  readonly console: string
  readonly steps: readonly GuideStep[]
  readonly attributes: readonly GuideAttribute[]
  /** What people trip over. */
  readonly gotchas: readonly string[]
}

/** How an identity provider is set up for sign-in, and where it is mended: for pages and for docs alike. */
export interface SamlGuide extends GuideBase {
  readonly protocol: 'saml'
  readonly types: readonly SamlConnectionType[]
  /** What is given back: the way the metadata comes. */
  readonly metadata: 'url' | 'file' | 'either'
  /** Code of a refused response (see protocols/saml/rejection.ts) → what to change in this console. */
  readonly fixes: Readonly<Record<string, string>>
}

/** How an identity provider is set up to push people and groups. */
export interface ScimGuide extends GuideBase {
  readonly protocol: 'scim'
  readonly types: readonly DirectoryType[]
}
