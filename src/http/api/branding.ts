import type { FastifyInstance } from 'fastify'
import * as contract from '#contracts/branding.ts'
import { change } from '#db/work.ts'
import { presentBranding, readImageByHash, readStoredBranding } from '#domain/branding/brand.ts'
import { createPreview } from '#domain/branding/preview.ts'
import { saveBranding } from '#domain/branding/save.ts'
import type { Deps } from '../deps.ts'
import { checkText } from '../input.ts'
import { previewScreens } from '../login/preview.ts'
import { publicRoute } from '../rate-limit.ts'
import { serve } from '../serve.ts'

export function brandingRoutes(app: FastifyInstance, deps: Deps): void {
  serve(app, deps, contract.getBranding, async (_input, { environment }) =>
    presentBranding(await readStoredBranding(deps.db, environment), deps.baseUrl),
  )

  serve(app, deps, contract.updateBranding, ({ body }, { scope }) =>
    change(deps, scope, (work) => saveBranding(work, body, deps.baseUrl)),
  )

  serve(app, deps, contract.previewBranding, ({ body }, { scope }) =>
    change(deps, scope, async (work) => {
      const { token, adjustments, expiresAt } = await createPreview(work, body)
      return {
        object: 'branding_preview' as const,
        url: `${deps.baseUrl}/authkit/preview?draft=${token}`,
        screens: previewScreens,
        adjustments: [...adjustments],
        expires_at: expiresAt.toISOString(),
      }
    }),
  )

  app.get<{ Params: { hash: string } }>('/authkit/images/:hash', publicRoute, async (request, reply) => {
    const { hash } = checkText(request.params)
    const image = await readImageByHash(deps.db, hash)
    if (!image) return reply.callNotFound()
    return reply
      .headers({
        'cache-control': 'public, max-age=31536000, immutable',
        // Opened by itself an SVG is a document: one without scripts, requests and origin.
        'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        // Mail programs and consoles on other origins show it, too.
        'cross-origin-resource-policy': 'cross-origin',
      })
      .type(image.media_type)
      .send(image.bytes)
  })
}
