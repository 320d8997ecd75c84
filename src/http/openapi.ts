import type { FastifyInstance } from 'fastify'
import { openApi } from '#contracts/openapi.ts'

/** The description of the API, for anybody who asks: it holds no secret. */
export function openApiRoutes(app: FastifyInstance, version: string): void {
  const text = JSON.stringify(openApi(version))
  app.get('/openapi.json', (_request, reply) => reply.type('application/json; charset=utf-8').send(text))
}
