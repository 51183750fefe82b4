// serve.js: a static server for one folder on localhost · in: folder, port · out: its address · next: index.html
//
// node web/serve.js build/site 8080    the port or the next free one
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.json': 'application/json', '.map': 'application/json', '.webmanifest': 'application/manifest+json', '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon', '.woff2': 'font/woff2',
  '.csv': 'text/csv; charset=utf-8', '.txt': 'text/plain; charset=utf-8',
};

/** The file that a path of a URL names inside folder, or undefined. @param {string} folder @param {string} path */
async function find(folder, path) {
  const file = resolve(folder, '.' + path);
  if (file !== folder && !file.startsWith(folder + sep)) return undefined;
  const entry = await stat(file).catch(() => undefined);
  if (entry?.isDirectory()) return path.endsWith('/') ? find(folder, join(path, 'index.html')) : undefined;
  return entry?.isFile() ? { file, size: entry.size } : undefined;
}

/**
 * Serves folder on 127.0.0.1. port 0: any free one; otherwise that port or the next free one.
 * @param {string} folder
 * @param {{ port?: number, headers?: Record<string, string> }} [options] headers: added to every answer
 * @returns {Promise<{ url: string, close(): Promise<void> }>}
 */
export async function serve(folder, { port = 0, headers = {} } = {}) {
  const root = resolve(folder);
  const server = createServer(async (request, response) => {
    let path;
    try { path = decodeURIComponent(new URL(request.url ?? '/', 'http://localhost').pathname); } catch { path = '/\0'; }
    const found = path.includes('\0') ? undefined : await find(root, path);
    if (!found) return response.writeHead(404, { 'content-type': 'text/plain' }).end(`not found: ${request.url}\n`);
    const type = TYPES[/** @type {keyof TYPES} */ (extname(found.file))] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-length': found.size, 'cache-control': 'no-cache', ...headers });
    if (request.method === 'HEAD') return response.end();
    createReadStream(found.file).on('error', () => response.destroy()).pipe(response);
  });
  const listen = (/** @type {number} */ at) => new Promise((done, failed) => {
    server.once('error', failed).listen(at, '127.0.0.1', () => { server.off('error', failed); done(at); });
  });
  for (let at = port; ; at++) {
    try {
      await listen(at);
      break;
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EADDRINUSE' || at - port > 100) throw error;
    }
  }
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => new Promise((done) => { server.close(() => done()); server.closeAllConnections(); }),
  };
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [folder = '.', port = '8080'] = process.argv.slice(2);
  const { url } = await serve(folder, { port: Number(port) });
  console.log(`The Lab is at ${url.replace('127.0.0.1', 'localhost')} (stop: Ctrl-C)`);
}
