// builds the Lab into plain static files · in: web/, src/js · out: build/site · next: sw.js
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = path => fileURLToPath(new URL(path, import.meta.url));

/* Writes sw.js with the list of everything the page needs and a hash of it all. */
function offline() {
  return {
    name: 'offline',
    apply: 'build',
    generateBundle: {
      order: 'post',
      handler(options, bundle) {
        const hash = createHash('sha256');
        for (const name of Object.keys(bundle).sort()) hash.update(name).update(bundle[name].type === 'chunk' ? bundle[name].code : bundle[name].source);
        const files = ['./', ...Object.keys(bundle).filter(name => name !== 'index.html')];
        if (!files.some(name => name.endsWith('.wasm'))) this.error('build/wasmfit.wasm is not there; make build makes it');
        const source = readFileSync(here('sw.js'), 'utf8')
          .replace(/\/\*[^*]*\*\/ \[\]/, () => JSON.stringify(files))
          .replace(/\/\*[^*]*\*\/ ''/, () => JSON.stringify(hash.digest('hex').slice(0, 12)));
        this.emitFile({ type: 'asset', fileName: 'sw.js', source });
      },
    },
  };
}

/* Makes the worker a chunk of the same build, so that it shares its modules with the page instead of carrying them twice. */
function sharedWorker() {
  const place = "new URL('./worker.js', import.meta.url)";
  return {
    name: 'shared-worker',
    apply: 'build',
    enforce: 'pre',
    transform: {
      filter: { id: /src\/js\/run\.js$/ },
      handler(code) {
        if (!code.includes(place)) this.error(`src/js/run.js has no ${place}`);
        const chunk = this.emitFile({ type: 'chunk', id: here('../src/js/worker.js'), name: 'worker' });
        return { code: code.replaceAll(place, `new URL(import.meta.ROLLUP_FILE_URL_${chunk})`), map: null };
      },
    },
  };
}

/* uPlot without what the Lab has no use for: bars, steps, splines, dates, legend, dragging, scatter mode, upright plots.
 * A uPlot that is written otherwise stops the build here. */
function leanPlot() {
  const cuts = [
    ['domEnv ? nav.language : ', ''], // throws where the browser has no real language, as WebKit under LANG=C; we format numbers ourselves
    ['const showLegend = legend.show;', 'const showLegend = false;'],
    ['const cursorFocus = focus.prox >= 0;', 'const cursorFocus = false;'], ['scaleX.ori == 0', 'true'],
    ['const mode = self.mode;', 'const mode = 1;'], ['let mode = self.mode;', 'const mode = 1;'], ['const mode = u.mode;', 'const mode = 1;'],
    ['onMouse(mousedown,  over, mouseDown);'], ['onMouse(dblclick, over, dblClick);'],
    ['events.mousedown = mouseDown;'], ['events.mouseup = mouseUp;'], ['events.dblclick = dblClick;'],
    ['(paths.stepped = stepped);'], ['(paths.bars    = bars);'], ['(paths.spline  = monotoneCubic);'], ['uPlot.join = join;'],
    ['uPlot.fmtDate = fmtDate;'], ['uPlot.tzDate  = tzDate;'],
    ['let isTime = sc.time;', 'const isTime = false;'], ['let isTime = mode == 1 && scales[s.scale].time;', 'const isTime = false;'],
    ['(isTime ? (ms == 1 ? timeIncrsMs : timeIncrsS) : numIncrs)', 'numIncrs'],
    ['const [ timeIncrsMs, _timeAxisStampsMs, timeAxisSplitsMs ] = genTimeStuffs(1);'],
    ['const [ timeIncrsS,  _timeAxisStampsS,  timeAxisSplitsS  ] = genTimeStuffs(1e-3);'],
    ['const _timeAxisSplits = (ms == 1 ? timeAxisSplitsMs(_tzDate) : timeAxisSplitsS(_tzDate));'],
    ['const _timeAxisVals   = timeAxisVals(_tzDate, timeAxisStamps((ms == 1 ? _timeAxisStampsMs : _timeAxisStampsS), _fmtDate));'],
    ['const _timeSeriesVal  = timeSeriesVal(_tzDate, timeSeriesStamp(_timeSeriesStamp, _fmtDate));'],
  ];
  return {
    name: 'lean-plot',
    transform: {
      filter: { id: /uPlot\.esm\.js$/ },
      handler(code) {
        for (const [from, to = ''] of cuts) {
          if (!code.includes(from)) this.error(`uPlot has no ${from}`);
          code = code.replaceAll(from, to);
        }
        return { code, map: null };
      },
    },
  };
}

export default {
  root: here('.'),
  base: './',
  plugins: [sharedWorker(), leanPlot(), offline()],
  resolve: {
    alias: [
      { find: /^wasmfit\/(csv|idx)$/, replacement: here('../src/js/') + '$1.js' },
      { find: /^wasmfit$/, replacement: here('../src/js/index.js') },
    ],
  },
  define: { process: 'undefined' }, // the package's ways for Node are dead here
  build: {
    outDir: here('../build/site'),
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // the page's policy forbids data: addresses
    modulePreload: false,
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'wasmfit', test: /src\/js\/(?!csv|worker)/ }] } } },
  },
};
