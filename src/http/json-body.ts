import { isUtf8 } from 'node:buffer'
import type { FastifyRequest } from 'fastify'

type Done = (error: Error | null, body?: unknown) => void

/**
 * Reads bodies that are JSON, which is UTF-8 whatever a charset says (RFC 8259 §8.1). Letters of another encoding would
 * be lost without a word. A byte order mark, which some libraries write, says nothing.
 *
 * @param whenEmpty makes a body of none: SDKs name the type on POST, GET and DELETE, and send nothing.
 */
export function jsonParser(whenEmpty: () => unknown) {
  return (_request: FastifyRequest, bytes: string | Buffer, done: Done): void => {
    // Text comes from nowhere: the framework's types do not know what it was told to give.
    const text = typeof bytes === 'string' ? bytes : isUtf8(bytes) ? bytes.toString() : undefined
    if (text === '') return done(null, whenEmpty())
    let body: unknown
    try {
      if (text === undefined) return done(notJson())
      body = JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text)
    } catch {
      return done(notJson())
    }
    done(null, body)
  }
}

function notJson(): Error {
  return Object.assign(new Error('The body is not valid JSON in UTF-8.'), {
    statusCode: 400,
    code: 'FST_ERR_CTP_INVALID_JSON_BODY',
  })
}
