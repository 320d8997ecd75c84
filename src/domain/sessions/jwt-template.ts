import type { EnvironmentId } from '#contracts/ids.ts'
import type { JwtTemplate } from '#contracts/jwt-templates.ts'
import type { Database } from '#db/database.ts'
import type { Work } from '#db/work.ts'
import { JwtTemplateInvalid, parseJwtTemplate } from '#protocols/jwt-template.ts'
import { Invalid, NotFound } from '../errors.ts'

/** @throws NotFound when there is none. */
export async function readJwtTemplate({ kysely }: Database, environment: EnvironmentId): Promise<JwtTemplate> {
  const row = await kysely
    .selectFrom('jwt_templates')
    .selectAll()
    .where('environment_id', '=', environment)
    .executeTakeFirst()
  if (!row) throw new NotFound('JWT Template', environment)
  return present(row)
}

/** Holds for every access token from now on. @throws Invalid naming what is wrong with the template. */
export async function setJwtTemplate(work: Work, content: string): Promise<JwtTemplate> {
  try {
    parseJwtTemplate(content)
  } catch (error) {
    if (!(error instanceof JwtTemplateInvalid)) throw error
    const reason = { field: 'content', code: 'jwt_template_invalid', message: error.message }
    throw new Invalid([reason], 'invalid_request_parameters')
  }
  const row = await work.tx
    .insertInto('jwt_templates')
    .values({ environment_id: work.environment, content, created_at: work.now, updated_at: work.now })
    .onConflict((conflict) =>
      conflict.column('environment_id').doUpdateSet((eb) => ({
        content,
        updated_at: eb
          .case()
          .when('jwt_templates.content', '=', content)
          .then(eb.ref('jwt_templates.updated_at'))
          .else(work.now)
          .end(),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
  return present(row)
}

function present(row: { readonly content: string; readonly created_at: Date; readonly updated_at: Date }): JwtTemplate {
  return {
    object: 'jwt_template',
    content: row.content,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
