import { expect, test } from 'vitest'
import { wordsOfOperation } from './operation.ts'

test.each([
  ['createConnection', 'Create connection'],
  ['revealRefusedResponse', 'Reveal refused response'],
  ['deleteCORSOrigin', 'Delete CORS origin'],
])('%s is said as %s', (operation, words) => expect(wordsOfOperation(operation)).toBe(words))
