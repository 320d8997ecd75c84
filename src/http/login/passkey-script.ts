import { readFileSync } from 'node:fs'

/** The part of passkeys that runs in browsers, whole: pages load nothing. */
const library = readFileSync(
  new URL('../dist/bundle/index.umd.min.js', import.meta.resolve('@simplewebauthn/browser')),
  'utf8',
)

/**
 * Passkeys from the list that browsers show at the field for the address, and by a button. Forms say along whether this
 * device could keep one. Without scripts there is no button.
 */
export const passkeySignInScript = `${library}
;(async()=>{
const w=SimpleWebAuthnBrowser,b=document.querySelector('[data-passkey]')
if(!b||!w.browserSupportsWebAuthn())return
const f=b.form,o=JSON.parse(b.dataset.passkey)
document.querySelectorAll('[data-passkey-part]').forEach(e=>{e.hidden=false})
const use=async auto=>{const c=await w.startAuthentication({optionsJSON:o,useBrowserAutofill:auto});f.elements.credential.value=JSON.stringify(c);f.requestSubmit()}
const say=s=>{document.querySelector('[data-passkey-problem]').hidden=!s}
b.addEventListener('click',()=>{say(false);use(false).catch(()=>say(true))})
if(await w.platformAuthenticatorIsAvailable())document.querySelectorAll('form').forEach(e=>{const i=document.createElement('input');i.type='hidden';i.name='passkeys';i.value='1';e.append(i)})
if(await w.browserSupportsWebAuthnAutofill())use(true).catch(()=>{})
})()`

export const passkeyEnrolScript = `${library}
;(()=>{
const w=SimpleWebAuthnBrowser,b=document.querySelector('[data-passkey]')
if(!b||!w.browserSupportsWebAuthn())return
const f=b.form,o=JSON.parse(b.dataset.passkey)
b.hidden=false
const say=s=>{document.querySelector('[data-passkey-problem]').hidden=!s}
b.addEventListener('click',async()=>{say(false);try{f.elements.credential.value=JSON.stringify(await w.startRegistration({optionsJSON:o}));f.requestSubmit()}catch{say(true)}})
})()`
