import { html } from 'hono/html'
import type { Problem } from '../problem.ts'
import type { Page } from './page.ts'

export function problemPage(problem: Problem): Page {
  return {
    title: 'Something is missing',
    status: problem.status,
    width: 'narrow',
    body: html`<h1>This did not work</h1>
      <div class="card">
        <p><strong>${problem.cause}</strong></p>
        <p>${problem.nextStep}</p>
        <p class="soft small">Code: <code>${problem.code}</code></p>
      </div>
      <p>
        <a href="${problem.href}"
          >${problem.href === '/test-idp' ? 'All test identity providers' : 'Go to the identity provider'}</a
        >
      </p>`,
  }
}
