import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/directories.ts'
import * as snapshots from '#contracts/directory-snapshots.ts'
import { change } from '#db/work.ts'
import { createDirectory, removeDirectory, updateDirectory } from '#domain/directories/directories.ts'
import { reconcile, snapshotOf } from '#domain/directories/directory-state.ts'
import { listDirectories, readDirectory, readDirectoryRow } from '#domain/directories/read.ts'
import { settlePeople } from '#domain/directories/settle.ts'
import { createToken, listTokens, revokeToken, rollToken } from '#domain/directories/tokens.ts'
import type { Deps } from '../deps.ts'
import { JsonStream } from '../json-stream.ts'
import { serve } from '../serve.ts'

/** A view of some 200 000 people, groups and memberships. Whoever has more compares with a snapshot. */
const viewLimitBytes = 16 * 1024 * 1024

export function directoryRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.listDirectories, ({ query }, { environment }) =>
    listDirectories(deps.db, environment, query),
  )

  serve(app, deps, contract.getDirectory, ({ params }, { environment }) =>
    readDirectory(deps.db, environment, params.id, deps.baseUrl),
  )

  serve(app, deps, contract.createDirectory, ({ body }, { scope }) =>
    change(deps, scope, (work) => createDirectory(work, body, deps.baseUrl)),
  )

  serve(app, deps, contract.updateDirectory, async ({ params, body }, { environment, scope }) => {
    const updated = await change(deps, scope, (work) => updateDirectory(work, params.id, body, deps.baseUrl))
    if (body.attribute_map) await settlePeople(deps, environment)
    return updated
  })

  serve(app, deps, contract.deleteDirectory, ({ params }, { scope }) =>
    change(deps, scope, (work) => removeDirectory(work, params.id)),
  )

  serve(
    app,
    deps,
    snapshots.getDirectorySnapshot,
    async ({ params }, { environment }) =>
      new JsonStream(snapshotOf(deps.db, deps.snapshotLimit, { environment, id: params.id })),
  )

  serve(
    app,
    deps,
    snapshots.reconcileDirectory,
    async ({ params, body }, { environment }) =>
      new JsonStream(reconcile(deps.db, deps.snapshotLimit, { environment, id: params.id }, body)),
    { bodyLimitBytes: viewLimitBytes },
  )

  serve(app, deps, contract.listDirectoryTokens, async ({ params, query }, { environment }) =>
    listTokens(deps.db, environment, await readDirectoryRow(deps.db.kysely, environment, params.id), query),
  )

  serve(app, deps, contract.createDirectoryToken, ({ params, body }, { scope }) =>
    change(deps, scope, async (work) =>
      createToken(work, await readDirectoryRow(work.tx, work.environment, params.id), body),
    ),
  )

  serve(app, deps, contract.rollDirectoryToken, ({ params, body }, { scope }) =>
    change(deps, scope, async (work) => {
      const directory = await readDirectoryRow(work.tx, work.environment, params.id)
      return rollToken(work, directory, params.token_id, body.overlap_seconds)
    }),
  )

  serve(app, deps, contract.revokeDirectoryToken, ({ params }, { scope }) =>
    change(deps, scope, async (work) =>
      revokeToken(work, await readDirectoryRow(work.tx, work.environment, params.id), params.token_id),
    ),
  )
}
