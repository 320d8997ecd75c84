import { Flex, Grid } from '@radix-ui/themes'
import type { UseQueryResult } from '@tanstack/react-query'
import { type Branding, getBranding, updateBranding } from '#contracts/branding.ts'
import { usePlace } from '../../api/environment.tsx'
import { useChange, useRead } from '../../api/queries.ts'
import { usePaths } from '../../paths.ts'
import { ActionButton } from '../../ui/action-button.tsx'
import { useDraft, whileEdited } from '../../ui/changed-meanwhile.tsx'
import { useLeaveGuard } from '../../ui/leave-guard.tsx'
import { Loaded } from '../../ui/loaded.tsx'
import { Page } from '../../ui/page.tsx'
import { ReadOnlyNotice } from '../../ui/read-only.tsx'
import { Refusal } from '../../ui/refusal.tsx'
import { say } from '../../ui/toasts.tsx'
import { ColorSection } from './color-section.tsx'
import { draftOf, updateOf } from './draft.ts'
import { MoreSection, NameSection, ShapeSection } from './form-sections.tsx'
import { Preview } from './preview.tsx'

export function BrandingPage() {
  const query = useRead(getBranding, {}, whileEdited)
  const paths = usePaths()
  return (
    <Loaded query={query} noun="branding" within={{ text: 'Overview', to: paths.overview }}>
      {(branding) => <Editor branding={branding} query={query} />}
    </Loaded>
  )
}

interface Props {
  readonly branding: Branding
  readonly query: UseQueryResult<Branding>
}

function Editor({ branding, query }: Props) {
  const { readOnly } = usePlace()
  const update = useChange(updateBranding)
  const { draft, base, set, reset, isSaving, error, notice, undecided, save } = useDraft({
    thing: branding,
    query,
    draftOf,
  })
  const body = updateOf(draft)
  const isSame = JSON.stringify(body) === JSON.stringify(updateOf(base))
  useLeaveGuard(!isSame && !isSaving)
  async function submit(): Promise<void> {
    const saving = save((agreed) => update.mutateAsync({ body: updateOf(agreed) }))
    if (await saving.catch(() => false)) say('The look is saved') // what was refused is shown below
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
            onClick={reset}
          >
            Discard
          </ActionButton>
          <ActionButton
            loading={isSaving}
            reason={readOnly ?? undecided ?? (isSame ? 'Nothing was changed.' : undefined)}
            onClick={() => void submit()}
          >
            Save
          </ActionButton>
        </Flex>
      }
    >
      <ReadOnlyNotice />
      <Refusal error={error} />
      {notice}
      <Grid columns={{ initial: '1', md: '2' }} gap="5" align="start">
        <Flex direction="column" gap="5">
          <NameSection draft={draft} onChange={set} />
          <ColorSection draft={draft} onChange={set} />
          <ShapeSection draft={draft} onChange={set} />
          <MoreSection draft={draft} onChange={set} />
        </Flex>
        <Preview body={body} />
      </Grid>
    </Page>
  )
}
