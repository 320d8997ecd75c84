import type { TestServer } from './server.ts'

/** A page as somebody without scripts has it. */
export interface LoginPage {
  readonly status: number
  readonly url: string
  readonly text: string
  readonly headers: Headers
  /** The vendor's name of the page. */
  readonly page: string | undefined
  readonly heading: string | undefined
  readonly alert: string | undefined
  /** Where the browser was sent that is not ours: the end of a sign-in. */
  readonly left: URL | undefined
}

/** Follows links and posts forms as a browser does, with cookies and without scripts. */
export class LoginBrowser {
  readonly cookies = new Map<string, string>()
  readonly #server: Pick<TestServer, 'url'>
  readonly #headers: Readonly<Record<string, string>>
  last: LoginPage | undefined

  constructor(server: Pick<TestServer, 'url'>, headers: Readonly<Record<string, string>> = {}) {
    this.#server = server
    this.#headers = headers
  }

  async get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<LoginPage> {
    return this.#go('GET', url, undefined, headers)
  }

  /** Submits the form of the shown page that leads to a step, with its hidden fields. */
  async submit(step: string, fields: Readonly<Record<string, string>> = {}): Promise<LoginPage> {
    const { text = '', url = '' } = this.last ?? {}
    const form = [...text.matchAll(/<form method="post" action="([^"]*)"[\s\S]*?<\/form>/g)].find(([, action]) =>
      action?.endsWith(`/${step}`),
    )
    if (!form) throw new Error(`No form leads to ${step} on ${url}:\n${text}`)
    const hidden = Object.fromEntries(
      [...form[0].matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [
        name ?? '',
        value ?? '',
      ]),
    )
    return this.post(form[1] ?? '', { ...hidden, ...fields })
  }

  async post(url: string, fields: Readonly<Record<string, string>>): Promise<LoginPage> {
    return this.#go('POST', url, new URLSearchParams(fields), {})
  }

  async #go(
    method: string,
    url: string,
    body: URLSearchParams | undefined,
    headers: Readonly<Record<string, string>>,
  ): Promise<LoginPage> {
    let [next, how, payload] = [url, method, body]
    for (let hop = 0; hop < 10; hop++) {
      const target = new URL(next, this.#server.url)
      if (target.origin === 'http://gatehouse.test') target.host = new URL(this.#server.url).host
      if (target.origin !== this.#server.url) return this.#page({ left: target, url: target.href })
      const response = await fetch(target, {
        method: how,
        redirect: 'manual',
        headers: { cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; '), ...this.#headers, ...headers },
        ...(payload && { body: payload }),
      })
      for (const cookie of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
        this.cookies.set(name, value)
      }
      const location = response.headers.get('location')
      if (location === null) {
        const text = await response.text()
        return this.#page({ status: response.status, url: target.pathname, text, headers: response.headers })
      }
      ;[next, how, payload] = [new URL(location, target).href, 'GET', undefined]
    }
    throw new Error(`${url} goes round in circles`)
  }

  #page(given: Partial<LoginPage>): LoginPage {
    const { text = '' } = given
    this.last = {
      status: 0,
      url: '',
      headers: new Headers(),
      left: undefined,
      ...given,
      text,
      page: /data-hak-page="([^"]*)"/.exec(text)?.[1],
      heading: plain(/<h1[^>]*>([\s\S]*?)<\/h1>/.exec(text)?.[1]),
      alert: plain(/role="alert"[^>]*>([\s\S]*?)</.exec(text)?.[1]),
    }
    return this.last
  }
}

function plain(markup: string | undefined): string | undefined {
  return markup
    ?.trim()
    .replaceAll('&amp;', '&')
    .replaceAll('&lt;', '<')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
}
