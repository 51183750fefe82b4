// keeps the page for offline use · in: the list of the built files · out: cached answers · next: main.js
const files = /* the build puts the list here */ [];
const version = /* and its hash */ '';
const family = `wasmfit-lab ${registration.scope} `;

addEventListener('install', event => {
  event.waitUntil(caches.open(family + version).then(cache => cache.addAll(files.map(file => new Request(file, { cache: 'reload' })))));
});

addEventListener('activate', event => {
  const tidy = async () => {
    for (const name of await caches.keys()) if (name.startsWith(family) && name !== family + version) await caches.delete(name);
    await clients.claim();
  };
  event.waitUntil(tidy());
});

addEventListener('message', event => {
  if (event.data === 'take over') skipWaiting();
});

addEventListener('fetch', event => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(registration.scope)) return;
  const answer = async () => {
    const cache = await caches.open(family + version);
    const page = request.mode === 'navigate' && /^(index\.html)?(\?|$)/.test(request.url.slice(registration.scope.length));
    return (await cache.match(page ? './' : request)) ?? fetch(request);
  };
  event.respondWith(answer());
});
