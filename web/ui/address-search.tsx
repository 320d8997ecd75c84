import { type ReactNode, useDeferredValue } from 'react'
import { useSearchParams } from 'react-router'
import { TextInput } from './fields.tsx'
import { ForLooking } from './read-only.tsx'

interface AddressSearch {
  /** What the list is to be asked with; nothing while nothing is typed. */
  readonly filter: { readonly email?: string }
  readonly field: ReactNode
}

/** Looks for one whole e-mail address, kept in the page's own address: a link is a view. */
export function useAddressSearch(): AddressSearch {
  const [query, setQuery] = useSearchParams()
  const typed = query.get('email') ?? ''
  const email = useDeferredValue(typed.trim())
  return {
    filter: email === '' ? {} : { email },
    field: (
      <ForLooking>
        <div className="search">
          <TextInput
            label="E-mail"
            type="search"
            value={typed}
            placeholder="The whole address"
            onChange={(value) =>
              setQuery(
                (before) => {
                  const next = new URLSearchParams(before)
                  if (value === '') next.delete('email')
                  else next.set('email', value)
                  return next
                },
                { replace: true },
              )
            }
          />
        </div>
      </ForLooking>
    ),
  }
}
