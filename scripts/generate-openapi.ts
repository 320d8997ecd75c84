/** Writes docs/openapi.json from the contracts. `--check` compares instead and exits 1 on a difference. */
import { openApi } from '#contracts/openapi.ts'
import { packageVersion, writeGenerated } from './generated-file.ts'

await writeGenerated('docs/openapi.json', `${JSON.stringify(openApi(await packageVersion()), null, 2)}\n`)
