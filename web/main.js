// the beginning of the page · in: the document · out: elements, keys, drops, offline copy · next: lab.js
import { Bar } from './components/bar.js';
import { Curve } from './components/curve.js';
import { DataStep } from './components/data.js';
import { Head, applyTheme } from './components/head.js';
import { listenToKeys } from './components/keys.js';
import { ModelStep } from './components/model.js';
import { More } from './components/more.js';
import { TrainStep } from './components/train.js';
import { begin, openFile } from './lab.js';
import { speak, usual } from './text/text.js';

const parts = {
  'lab-head': Head, 'lab-data': DataStep, 'lab-model': ModelStep, 'lab-more': More, 'lab-train': TrainStep,
  'lab-curve': Curve, 'lab-bar': Bar,
};

/* A file may be dropped anywhere: without this the browser would leave the page to show it. */
function takeDrops() {
  const mark = on => document.body.toggleAttribute('data-drop', on);
  addEventListener('dragover', event => {
    event.preventDefault();
    mark(event.dataTransfer.types.includes('Files'));
  });
  addEventListener('dragleave', event => event.relatedTarget ?? mark(false));
  addEventListener('drop', event => {
    event.preventDefault();
    mark(false);
    const [file] = event.dataTransfer.files;
    if (file) openFile(file);
  });
}

/* The copy for offline use. A newer one waits until the reader asks for it, so that no run is cut short. */
async function keepOffline(head) {
  if (!import.meta.env.PROD || !navigator.serviceWorker) return;
  const registration = await navigator.serviceWorker.register('./sw.js');
  const offer = () => {
    if (!registration.waiting || !navigator.serviceWorker.controller) return;
    head.offer(() => registration.waiting?.postMessage('take over'));
  };
  const hadOne = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener('controllerchange', () => hadOne && location.reload());
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', offer));
  offer();
}

async function open() {
  applyTheme();
  try {
    await speak(usual());
  } catch {
    document.body.prepend('The words of this page could not be loaded. Reload it. 页面文字未能载入，请刷新。');
    return;
  }
  for (const [name, part] of Object.entries(parts)) customElements.define(name, part);
  import('./components/see.js').then(({ See }) => customElements.define('lab-see', See)); // below the fold: after all else
  takeDrops();
  listenToKeys();
  begin();
  keepOffline(document.querySelector('lab-head')).catch(() => {}); // without storage the page works online only
}

open();
