import { Box } from '@radix-ui/themes'
import { Loading } from '../ui/loaded.tsx'

/** Until the session or the first page is there. */
export function Waiting() {
  return (
    <Box p="6">
      <Loading />
    </Box>
  )
}
