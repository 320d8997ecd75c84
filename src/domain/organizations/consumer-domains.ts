import { Invalid } from '../errors.ts'

/**
 * Where anybody gets an address. Whoever had one of these would speak for the accounts of strangers: their sign-ins would
 * go to one organization's identity provider, and its word on their addresses would be believed. Not all there are, but
 * those that most people have.
 */
const consumerDomains: ReadonlySet<string> = new Set(
  `126.com 163.com aim.com alice.it aliyun.com aol.com arcor.de att.net bellsouth.net bigpond.com bluewin.ch bol.com.br
  btinternet.com charter.net comcast.net cox.net daum.net duck.com earthlink.net email.com fastmail.com foxmail.com
  free.fr freenet.de gmail.com gmx.at gmx.ch gmx.com gmx.de gmx.net googlemail.com hanmail.net hey.com hotmail.co.uk
  hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com icloud.com inbox.lv interia.pl laposte.net libero.it
  list.ru live.ca live.co.uk live.com live.fr live.nl mac.com mail.com mail.ru mailbox.org me.com msn.com nate.com
  naver.com ntlworld.com o2.pl optonline.net orange.fr outlook.com outlook.de outlook.es outlook.fr outlook.it pm.me
  posteo.de proton.me protonmail.ch protonmail.com qq.com rambler.ru rediffmail.com rocketmail.com sbcglobal.net seznam.cz
  sfr.fr shaw.ca sina.com sky.com sohu.com sympatico.ca t-online.de talktalk.net telenet.be terra.com.br tiscali.it tuta.com
  tutanota.com uol.com.br verizon.net virgilio.it virginmedia.com wanadoo.fr web.de wp.pl xtra.co.nz yahoo.ca yahoo.co.in
  yahoo.co.jp yahoo.co.uk yahoo.com yahoo.com.br yahoo.de yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru yeah.net ymail.com
  zoho.com`.split(/\s+/),
)

/**
 * @param domain as it is kept: lower-case ASCII.
 * @throws Invalid when it is everybody's.
 */
export function refuseConsumerDomain(domain: string): void {
  if (!consumerDomains.has(domain)) return
  const message = `Anybody can have an address at ${domain}, so it belongs to no organization. Invite its people instead.`
  throw new Invalid([{ field: 'domain', code: 'consumer_domain', message }])
}
