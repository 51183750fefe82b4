// takes out of uPlot what the Lab has no use for · in: uPlot's source · out: a third less of it · next: vite.config.js
//
// Each cut is a place in uPlot 1.6.32 and what takes it; a uPlot that is written otherwise stops the build here. What no longer has
// a caller is then dropped by the bundler. charts/lines.js keeps to what is left: lines by epoch, left to right, on a linear or a log
// axis whose range, ticks and labels it gives itself, with a synchronised cursor.
const cuts = [
  // one direction, one mode, no time
  ['domEnv ? nav.language : ', ''], // throws where the browser has no real language, as WebKit under LANG=C; we format numbers ourselves
  [/scaleX\.ori == 0|\bsx\.ori == 0/g, 'true'], [/scaleX\.ori == 1/g, 'false'], [/scaleX\.dir \* \(true \? 1 : -1\)/g, '1'], [/\b(scale|sc)\.dir == -1/g, 'false'],
  ['const mode = self.mode;', 'const mode = 1;'], ['let mode = self.mode;', 'const mode = 1;'], ['const mode = u.mode;', 'const mode = 1;'],
  ['let isTime = sc.time;', 'const isTime = false;'], ['let isTime = mode == 1 && scales[s.scale].time;', 'const isTime = false;'],
  ['(isTime ? (ms == 1 ? timeIncrsMs : timeIncrsS) : numIncrs)', 'numIncrs'],
  [/const \[ timeIncrs(Ms|S), .*;/g, ''], [/const _time\w+ += .*;/g, ''], [/(days|months)\.map\(slice3\)/g, '$1'], [/const localTz = .*;/g, ''],
  // scales are linear or log to the base of ten, and all their ranges are given
  [/\b(scale\.|sc\.)?distr == (2|4|100)\b/g, 'false'], [/xScaleDistr == [234]/g, 'false'], [/\bif \(scaleX\.time\)/g, 'if (false)'],
  [/sc\.range = fnOrSelf\(rn \|\| [^;]*;/g, 'sc.range = rn;'], ['rangeNum(_min, _max, rangePad, true)', '[_min, _max]'], [/if \(!rangeIsArr && isObj\(rn\)\)/g, 'if (false)'],
  [/if \(rangeIsArr && /g, 'if (false && '], [/logBase == 10\b/g, 'true'], [/fnOrSelf\(axis\.filter \|\| [^;]*;/g, 'fnOrSelf(axis.filter || retArg1);'],
  ['genIncrs(2, -53, 53, [1]);', ''],
  // no legend, no choice of a range by dragging, no focus on a line
  ['const showLegend = legend.show;', 'const showLegend = false;'], [/\t\tmarkers\.\w+ += fnOrSelf\(markers\.\w+\);/g, ''], [/(stroke|fill): legend(Stroke|Fill),/g, ''], ['const cursorFocus = focus.prox >= 0;', 'const cursorFocus = false;'],
  [/onMouse\((mousedown|dblclick), +over, \w+\);/g, ''], [/events\.(mousedown|mouseup|dblclick) = \w+;/g, ''],
  [/\bif \(_?dragging\b/g, 'if (false'], ['let _dragging = dragging;', ''], [/select\.show\b/g, 'false'], ['self.setSelect = setSelect;', ''],
  ['series.some(s => s._focus)', 'false'], [/if \(opts\.focus != null\)/g, 'if (false)'],
  [/on\("click", wrap, [^]*?\n\t\}, true\);/g, ''],
  // no bands, no fills, no gaps; the points of all lines are at the same epoch
  ['flags != 0 && bands.forEach', 'false && bands.forEach'], [/let \[ bandFillDir, bandClipDir \] = .*;/g, 'const bandFillDir = 0, bandClipDir = 0;'],
  [/series\.fill != null \|\| bandFillDir != 0/g, 'false'], [/if \(!series\.spanGaps\)/g, 'if (false)'], [/if \(bandClip\)/g, 'if (false)'],
  ['if (cursor.dataIdx == null)', 'if (false)'], [/\t\t\trect[HV],\n\t\t\tarc[HV],\n\t\t\tbezierCurveTo[HV],\n/g, ''], ['rectH(clip,', 'clip.rect('],
  [/const font += '12px [^']*';/g, "const font = '12px sans-serif';"],
  // axes without titles, slanted labels or a border; ways in that nobody calls
  [/if \(axis\.label != null\)/g, 'if (false)'], [/let angle += .*;/g, 'const angle = 0;'], ['if (border.show)', 'if (false)'],
  [/self\.(addSeries|delSeries|setSeries|addBand|setBand|delBand|batch) = \w+;/g, ''], [/events\["setSeries"\] = [^]*?\n\t};/g, ''],
  [/^uPlot\.\w+ *= \w+;$/gm, ''], [/\tuPlot\.(addGap|clipGaps|join|fmtDate|tzDate) *= \w+;/g, ''], [/let paths = uPlot\.paths = [^]*?;\n/g, ''], [/\(paths\.\w+ *= \w+\);/g, ''],
];

/** The plugin for Vite. */
export function leanPlot() {
  return {
    name: 'lean-plot',
    transform: {
      filter: { id: /uPlot\.esm\.js$/ },
      handler(code) {
        for (const [from, to] of cuts) {
          if (from instanceof RegExp ? code.search(from) < 0 : !code.includes(from)) this.error(`uPlot has no ${from}`);
          code = code.replaceAll(from, to);
        }
        return { code, map: null };
      },
    },
  };
}
