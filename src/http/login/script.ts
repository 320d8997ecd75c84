/**
 * What scripts add; every step works without. A form is sent once, until the page is shown again (from the back-forward
 * cache, too); passwords can be shown; six digits send themselves; keys can be copied; `.dark-theme` is set for custom
 * styles where the look follows the device.
 */
export const pageScript = `(()=>{
const d=document,root=d.documentElement
if(root.classList.contains('system-theme')){const m=matchMedia('(prefers-color-scheme:dark)');const set=()=>{root.classList.toggle('dark-theme',m.matches);root.classList.toggle('light-theme',!m.matches)};set();m.addEventListener('change',set)}
const busy=new Set
d.addEventListener('submit',e=>{const f=e.target;if(busy.has(f)){e.preventDefault();return}busy.add(f);const b=e.submitter;if(b){b.dataset.busy='';b.setAttribute('aria-disabled','true')}})
addEventListener('pageshow',()=>{busy.clear();d.querySelectorAll('[data-busy]').forEach(b=>{delete b.dataset.busy;b.removeAttribute('aria-disabled')})})
d.querySelectorAll('[data-reveal]').forEach(b=>{const i=d.getElementById(b.dataset.reveal);b.hidden=false;b.addEventListener('click',()=>{const s=i.type==='password';i.type=s?'text':'password';b.textContent=s?b.dataset.hide:b.dataset.show;b.setAttribute('aria-pressed',String(s));i.focus()})})
d.querySelectorAll('[data-six]').forEach(i=>i.addEventListener('input',()=>{if(/^\\d{6}$/.test(i.value.replace(/\\D/g,''))&&i.value.length>=6&&!i.dataset.sent){i.dataset.sent='1';i.form.requestSubmit()}}))
d.querySelectorAll('[data-copy]').forEach(b=>{b.hidden=false;b.addEventListener('click',async()=>{await navigator.clipboard.writeText(d.getElementById(b.dataset.copy).dataset.text);b.textContent=b.dataset.done})})
d.querySelectorAll('[data-filter]').forEach(i=>{i.parentElement.hidden=false;const none=d.getElementById('none');i.addEventListener('input',()=>{let n=0;d.querySelectorAll('[data-name]').forEach(e=>{const hit=e.dataset.name.includes(i.value.toLowerCase());e.hidden=!hit;n+=hit});none.hidden=n>0})})
const auto=d.querySelector('[data-submits-itself]');if(auto)auto.submit()
})()`
