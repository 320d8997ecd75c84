import { html } from 'hono/html'
import { testIdpProvisioningUrl } from '../addresses.ts'
import type { Idp } from '../idp.ts'
import type { App, LogEntry, Outcome } from '../scim/app.ts'
import { sampleEmployees } from '../scim/sample-directory.ts'
import { displayNameOf, type Employee, type Team } from '../scim/workforce.ts'
import { hidden, textField } from './fields.ts'
import type { Html, Page, Refused } from './page.ts'

export function appPage(idp: Idp, app: App, refused?: Refused): Page {
  const here = testIdpProvisioningUrl('', idp.slug, app.settings.id)
  const { name, endpoint } = app.settings
  return {
    title: name,
    status: refused ? 422 : 200,
    body: html`<h1>${name}</h1>
      <p class="soft">
        <a href="${testIdpProvisioningUrl('', idp.slug)}">Apps of ${idp.name}</a>. Behaves like ${app.dialect.title}:
        ${app.dialect.description}
      </p>
      ${app.outcome ? outcomeCard(app.outcome) : ''}
      <section class="card" aria-labelledby="connection">
        <h2 id="connection">Connection</h2>
        <dl>
          <div>
            <dt>Endpoint</dt>
            <dd><code>${endpoint}</code></dd>
          </div>
          <div>
            <dt>Bearer token</dt>
            <dd>stored, never shown</dd>
          </div>
        </dl>
        <form method="post" action="${here}/test" class="spaced">
          <p><button>Test API credentials</button></p>
        </form>
        <details ${refused?.errors.has('token') === true ? ' open' : ''}>
          <summary>Change or remove</summary>
          <form method="post" action="${here}/credentials">
            ${textField({ name: 'token', label: 'Another bearer token', type: 'password', required: true, error: refused?.errors.get('token') ?? '' })}
            <p><button class="quiet">Replace the token</button></p>
          </form>
          <form method="post" action="${here}/remove">
            <p class="soft small">Removing the app sends nothing: what it created stays at the server.</p>
            <p><button class="quiet">Remove the app</button></p>
          </form>
        </details>
      </section>
      <section class="card" aria-labelledby="people">
        <h2 id="people">People</h2>
        <ul class="plain">
          ${sampleEmployees.map(({ id }) => personItem(app, app.employee(id), here, refused))}
        </ul>
      </section>
      <section class="card" aria-labelledby="groups">
        <h2 id="groups">Groups</h2>
        <p class="soft small">Only people who are assigned become members at the server.</p>
        <ul class="plain">
          ${app.teams.map((team) => teamItem(app, team, here, refused))}
        </ul>
      </section>
      <section class="card" aria-labelledby="log">
        <h2 id="log">Requests</h2>
        ${
          app.log.length === 0
            ? html`<p class="soft">None since the last start.</p>`
            : html`<p class="soft small">The newest first. The token is left out.</p>
                ${app.log.map(entryItem)}`
        }
      </section>`,
  }
}

function outcomeCard({ action, passed, requests, faults }: Outcome): Html {
  const count = requests === 1 ? '1 request' : `${String(requests)} requests`
  return html`<section class="card" aria-labelledby="outcome" role="status">
    <h2 id="outcome">${action}: ${passed ? 'done' : 'not as it should be'}</h2>
    <p class="soft small">${requests === 0 ? 'Nothing had to be sent.' : `${count}, in the log below.`}</p>
    ${
      faults.length === 0
        ? ''
        : html`<ul>
            ${faults.map((fault) => html`<li class="alert">${fault}</li>`)}
          </ul>`
    }
  </section>`
}

function personItem(app: App, employee: Employee | undefined, here: string, refused: Refused | undefined): Html {
  if (!employee) return html``
  const { id, email, title } = employee
  const standing = app.standing(id)
  const serverId = app.serverIdOf(id)
  const name = displayNameOf(employee)
  const buttons: readonly (readonly [string, string])[] = {
    'not assigned': [['assign', 'Assign']] as const,
    active: [
      ['unassign', 'Unassign'],
      ['deactivate', 'Deactivate'],
    ] as const,
    inactive: [
      ['reactivate', 'Reactivate'],
      ['unassign', 'Unassign'],
    ] as const,
    unassigned: [['assign', 'Assign again']] as const,
  }[standing]
  const deletes = serverId !== undefined && app.dialect.users.deletes
  return html`<li class="item">
    <p>
      <strong>${name}</strong> <span class="soft small">${email}${title === undefined ? '' : ` · ${title}`}</span><br />
      <span class="small">${standing}${serverId === undefined ? '' : html`, <code>${serverId}</code>`}</span>
    </p>
    <form method="post" action="${here}/actions" class="buttons" aria-label="${name}">
      ${hidden({ user: id })}
      ${[...buttons, ...(deletes ? [['delete', 'Delete'] as const] : [])].map(
        ([action, label]) =>
          html`<button class="quiet" name="action" value="${action}" aria-label="${label} ${name}">${label}</button>`,
      )}
    </form>
    ${serverId === undefined ? '' : titleForm(employee, here, refused)}
  </li>`
}

function titleForm({ id, title = '', ...employee }: Employee, here: string, refused: Refused | undefined): Html {
  const error = refused?.errors.get(`title-${id}`) ?? ''
  return html`<details ${error === '' ? '' : ' open'}>
    <summary>Change the job title</summary>
    <form method="post" action="${here}/actions" aria-label="Job title of ${displayNameOf(employee)}">
      ${hidden({ user: id })}
      ${textField({ id: `title-${id}`, name: 'title', label: `Job title of ${displayNameOf(employee)}`, value: (error !== '' && refused?.values.get('title')) || title, error })}
      <p><button class="quiet" name="action" value="title">Save the title</button></p>
    </form>
  </details>`
}

function teamItem(app: App, team: Team, here: string, refused: Refused | undefined): Html {
  const { id, name, members } = team
  const pushed = app.pushedTeam(id)
  const error = refused?.errors.get(`name-${id}`) ?? ''
  const nameOf = (employeeId: string) => {
    const employee = app.employee(employeeId)
    return employee ? displayNameOf(employee) : employeeId
  }
  const others = sampleEmployees.filter((each) => !members.includes(each.id))
  return html`<li class="item">
    <p>
      <strong>${name}</strong>
      <span class="soft small">${members.map(nameOf).join(', ') || 'nobody'}</span><br />
      <span class="small"
        >${pushed ? html`pushed with ${String(pushed.members.size)}, <code>${pushed.id}</code>` : 'not pushed'}</span
      >
    </p>
    <form method="post" action="${here}/actions" class="buttons" aria-label="${name}">
      ${hidden({ group: id })}
      ${
        pushed
          ? html`<button class="quiet" name="action" value="unlink" aria-label="Delete ${name} at the server">
              Delete at the server
            </button>`
          : html`<button class="quiet" name="action" value="push" aria-label="Push ${name}">Push</button>`
      }
    </form>
    <details ${error === '' ? '' : ' open'}>
      <summary>Rename or change members</summary>
      <form method="post" action="${here}/actions" aria-label="Name of ${name}">
        ${hidden({ group: id })}
        ${textField({ id: `name-${id}`, name: 'name', label: `Name of ${name}`, value: (error !== '' && refused?.values.get('name')) || name, error, required: true })}
        <p><button class="quiet" name="action" value="rename">Rename</button></p>
      </form>
      ${memberForm(
        here,
        id,
        'add-member',
        `Add to ${name}`,
        'Add',
        others.map((each) => [each.id, nameOf(each.id)]),
      )}
      ${memberForm(
        here,
        id,
        'remove-member',
        `Remove from ${name}`,
        'Remove',
        members.map((each) => [each, nameOf(each)]),
      )}
    </details>
  </li>`
}

function memberForm(
  here: string,
  group: string,
  action: string,
  label: string,
  button: string,
  people: readonly (readonly [string, string])[],
): Html {
  if (people.length === 0) return html``
  const id = `${action}-${group}`
  return html`<form method="post" action="${here}/actions" aria-label="${label}">
    ${hidden({ group })}
    <div class="field">
      <label for="${id}">${label}</label>
      <select id="${id}" name="user">
        ${people.map(([value, name]) => html`<option value="${value}">${name}</option>`)}
      </select>
    </div>
    <p><button class="quiet" name="action" value="${action}" aria-label="${label}">${button}</button></p>
  </form>`
}

function entryItem({ at, action, method, path, request, status, answer }: LogEntry): Html {
  const verdict = status === undefined ? 'no answer' : String(status)
  return html`<details class="entry">
    <summary>
      <code>${method} ${path}</code> <strong>${verdict}</strong>
      <small class="soft">${at.toISOString().slice(11, 19)} · ${action}</small>
    </summary>
    <pre tabindex="0" aria-label="Request">${method} ${path}${'\n'}${request}</pre>
    <pre tabindex="0" aria-label="Answer">${verdict}${'\n'}${answer}</pre>
  </details>`
}
