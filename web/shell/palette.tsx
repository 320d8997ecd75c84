import { Dialog } from '@radix-ui/themes'
import { lazy, Suspense } from 'react'

// Nobody needs it for the first page.
const PaletteContents = lazy(async () => ({ default: (await import('./palette-contents.tsx')).PaletteContents }))

interface Props {
  readonly open: boolean
  readonly onOpenChange: (open: boolean) => void
}

export function Palette({ open, onOpenChange }: Props) {
  return (
    <Dialog.Root open={open} onOpenChange={onOpenChange}>
      <Dialog.Content maxWidth="560px" className="palette" aria-describedby={undefined}>
        <Dialog.Title className="visually-hidden">Search or jump to</Dialog.Title>
        <Suspense>
          <PaletteContents close={() => onOpenChange(false)} />
        </Suspense>
      </Dialog.Content>
    </Dialog.Root>
  )
}
