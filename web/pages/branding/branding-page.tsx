import { Flex, Grid } from '@radix-ui/themes'
import { useState } from 'react'
import { type Branding, getBranding, updateBranding } from '#contracts/branding.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { ChangedNotice } from '../../ui/changed-meanwhile.tsx'
import { useLeaveGuard } from '../../ui/leave-guard.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page } from '../../ui/page.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { say } from '../../ui/toasts.tsx'
import { ColorSection } from './color-section.tsx'
import { type Draft, draftOf, updateOf } from './draft.ts'
import { MoreSection, NameSection, ShapeSection } from './form-sections.tsx'
import { Preview } from './preview.tsx'

export function BrandingPage() {
  const query = useRead(getBranding, {})
  const paths = usePaths()
  return (
    <Loaded query={query} noun="branding" within={{ text: 'Overview', to: paths.overview }}>
      {(branding) => <Editor branding={branding} />}
    </Loaded>
  )
}

function Editor({ branding }: { readonly branding: Branding }) {
  const { readOnly } = usePlace()
  const update = useChange(updateBranding)
  /** What the draft was made of. */
  const [base, setBase] = useState(branding)
  const [draft, setDraft] = useState(() => draftOf(branding))
  const change = (part: Partial<Draft>) => setDraft((current) => ({ ...current, ...part }))
  const body = updateOf(draft)
  const isSame = JSON.stringify(body) === JSON.stringify(updateOf(draftOf(base)))
  const take = (theirs: Branding) => {
    setBase(theirs)
    setDraft(draftOf(theirs))
  }
  const isStale = base.updated_at !== branding.updated_at && !update.isPending
  // Whoever has changed nothing sees what others save.
  if (isStale && isSame) take(branding)
  useLeaveGuard(!isSame && !update.isPending)
  async function save(): Promise<void> {
    const saved = await update.mutateAsync({ body }).catch(() => undefined) // shown below
    if (!saved) return
    take(saved)
    say('The look is saved')
  }
  return (
    <Page
      title="Branding"
      lead="How the login box and its mail look, in this environment. What you see on the right are the real pages; nobody else sees a change before it is saved."
      actions={
        <Flex gap="2">
          <ActionButton
            variant="soft"
            color="gray"
            reason={isSame ? 'Nothing was changed.' : undefined}
            onClick={() => take(branding)}
          >
            Discard
          </ActionButton>
          <ActionButton
            loading={update.isPending}
            reason={readOnly ?? (isSame ? 'Nothing was changed.' : undefined)}
            onClick={() => void save()}
          >
            Save
          </ActionButton>
        </Flex>
      }
    >
      <Refusal error={update.error} />
      {isStale && !isSame && (
        <ChangedNotice
          onTakeTheirs={() => take(branding)}
          onKeepMine={() => setBase({ ...base, updated_at: branding.updated_at })}
        />
      )}
      <Grid columns={{ initial: '1', md: '2' }} gap="5" align="start">
        <Flex direction="column" gap="5">
          <NameSection branding={branding} draft={draft} onChange={change} />
          <ColorSection draft={draft} onChange={change} />
          <ShapeSection draft={draft} onChange={change} />
          <MoreSection draft={draft} onChange={change} />
        </Flex>
        <Preview body={body} />
      </Grid>
    </Page>
  )
}
