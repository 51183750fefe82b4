// webkit.js: WebKitGTK's MiniBrowser through W3C WebDriver, on a screen of its own · in: WebKitWebDriver, Xvfb · out: Driver · next: index.js
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf'; // the key of an element reference in W3C WebDriver
const KEYS = /** @type {Record<string, string>} */ ({
  Tab: '\uE004', Enter: '\uE007', Escape: '\uE00C', ArrowLeft: '\uE012', ArrowUp: '\uE013', ArrowRight: '\uE014',
  ArrowDown: '\uE015', Home: '\uE011', End: '\uE010', Shift: '\uE008', Backspace: '\uE003', Delete: '\uE017',
});

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  server.close();
  await once(server, 'close');
  return port;
}

/** A virtual screen; Xvfb itself picks its number and writes it to file descriptor 3. */
async function startScreen() {
  const screen = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', '1600x1400x24', '-nolisten', 'tcp'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const failed = once(screen, 'exit').then(([code]) => { throw new Error(`Xvfb ended with code ${code}`); });
  failed.catch(() => {});
  const number = await Promise.race([once(/** @type {import('node:stream').Readable} */ (screen.stdio[3]), 'data'), failed]);
  return { display: `:${String(number[0]).trim()}`, stop: () => stop(screen) };
}

/** @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill();
  await ended;
}

function miniBrowser() {
  for (const folder of readdirSync('/usr/lib').filter((name) => name.includes('linux-gnu'))) {
    for (const version of ['4.1', '4.0']) {
      const path = `/usr/lib/${folder}/webkit2gtk-${version}`;
      try { if (readdirSync(path).includes('MiniBrowser')) return `${path}/MiniBrowser`; } catch { /* not this one */ }
    }
  }
  throw new Error('no MiniBrowser under /usr/lib/*/webkit2gtk-4.1; Debian: webkit2gtk-driver');
}

/** A WebDriver client in one function: command('POST', 'url', { url }) → its value. @param {string} base */
function client(base) {
  return async (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ body) => {
    const answer = await fetch([base, path].filter(Boolean).join('/'), { method, body: body === undefined ? undefined : JSON.stringify(body) });
    const { value } = await answer.json();
    if (!answer.ok) throw new Error(`WebKitWebDriver: ${value.error}: ${value.message}`);
    return value;
  };
}

/** Asks until WebKitWebDriver listens. @param {ReturnType<typeof client>} command @param {import('node:child_process').ChildProcess} child */
async function ready(command, child) {
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`WebKitWebDriver ended with code ${child.exitCode}`);
    try { return await command('GET', 'status'); } catch { await new Promise((done) => { setTimeout(done, 50); }); }
  }
  throw new Error('WebKitWebDriver does not answer');
}

/** In the page: keeps what goes wrong from now on. WebDriver has no console of its own. */
function recordErrors() {
  const page = /** @type {Window & { recordedErrors?: string[] }} */ (window);
  if (page.recordedErrors) return;
  /** @type {string[]} */
  const errors = page.recordedErrors = [];
  const log = console.error;
  console.error = (...values) => { errors.push(values.join(' ')); log(...values); };
  addEventListener('error', (event) => errors.push(event.message));
  addEventListener('unhandledrejection', (event) => errors.push(String(event.reason)));
}

/**
 * A session whose one window has no toolbar, so that it can be as narrow as a phone.
 * @param {string} base
 */
async function startSession(base) {
  const options = { binary: miniBrowser(), args: ['--automation', '--javascript-can-open-windows-automatically=true'] };
  const { sessionId } = await client(base)('POST', 'session', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } } });
  const command = client(`${base}/session/${sessionId}`);
  await command('POST', 'timeouts', { script: 600_000, pageLoad: 60_000, implicit: 0 });
  await command('POST', 'execute/sync', { script: 'open("about:blank", "_blank", "toolbar=no,location=no,menubar=no,width=1280,height=900")', args: [] });
  const first = await command('GET', 'window');
  const handle = (await command('GET', 'window/handles')).find((/** @type {string} */ other) => other !== first);
  if (!handle) throw new Error('WebKit opened no second window');
  await command('DELETE', 'window');
  await command('POST', 'window', { handle });
  return command;
}

/** What the page can be asked to do. @param {ReturnType<typeof client>} command @returns {Omit<import('./page.js').Driver, 'quit'>} */
function session(command) {
  const script = (/** @type {string} */ body) => command('POST', 'execute/sync', { script: body, args: [] });
  return {
    async go(url) {
      await command('POST', 'url', { url });
      await script(`(${recordErrors})()`);
    },
    async run(source) {
      const answer = await command('POST', 'execute/async', { args: [], script:
        `const done = arguments[0]; ${source}.then((value) => done({ value }), (error) => done({ error: error + '\\n' + (error.stack ?? '') }))` });
      if (answer.error) throw new Error(answer.error);
      return answer.value;
    },
    async clickOn(finder) {
      const element = await script(`return ${finder}`);
      await command('POST', `element/${element[ELEMENT]}/click`, {});
    },
    async press(keys) {
      const values = keys.map((key) => KEYS[key] ?? key);
      const down = values.map((value) => ({ type: 'keyDown', value }));
      const up = values.reverse().map((value) => ({ type: 'keyUp', value }));
      await command('POST', 'actions', { actions: [{ type: 'key', id: 'keyboard', actions: [...down, ...up] }] });
    },
    async resize(width, height) {
      await command('POST', 'window/rect', { x: 0, y: 0, width, height });
      const [w, h] = await script('return [innerWidth, innerHeight]');
      if (w !== width || h !== height) throw new Error(`WebKit's window is ${w}×${h}, not ${width}×${height}`);
    },
    shot: async (path) => writeFile(path, Buffer.from(await command('GET', 'screenshot'), 'base64')),
    errors: async () => (await script('return window.recordedErrors')) ?? [],
  };
}

/** @returns {Promise<import('./page.js').Driver>} */
export async function startWebKit() {
  const screen = await startScreen();
  const port = await freePort();
  const env = { ...process.env, DISPLAY: screen.display, NO_AT_BRIDGE: '1', GSETTINGS_BACKEND: 'memory', LIBGL_ALWAYS_SOFTWARE: '1' };
  const child = spawn('WebKitWebDriver', [`--port=${port}`], { stdio: 'ignore', env });
  const quit = async () => { await stop(child); await screen.stop(); };
  try {
    await ready(client(`http://127.0.0.1:${port}`), child);
    const command = await startSession(`http://127.0.0.1:${port}`);
    return { ...session(command), quit: async () => { await command('DELETE', '').catch(() => {}); await quit(); } };
  } catch (error) {
    await quit();
    throw error;
  }
}
