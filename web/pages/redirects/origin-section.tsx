import { createCorsOrigin, deleteCorsOrigin, listCorsOrigins } from '#contracts/redirects.ts'
import { useChange, useList } from '../../api/queries.ts'
import { Section } from '../../ui/page.tsx'
import { UriList } from './uri-list.tsx'

export function OriginSection() {
  const list = useList(listCorsOrigins, { query: { limit: 100 } })
  const create = useChange(createCorsOrigin)
  const remove = useChange(deleteCorsOrigin)
  return (
    <Section
      title="CORS origins"
      lead="Pages that may call this environment from the browser, without a server of theirs."
    >
      <UriList
        list={list}
        noun="origin"
        placeholder="http://localhost:5173"
        field="origin"
        onAdd={(origin) => create.mutateAsync({ body: { origin } })}
        onRemove={(id) => remove.mutateAsync({ params: { id } })}
      />
    </Section>
  )
}
