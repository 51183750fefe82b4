// linear-worker.js: linear models in a worker of their own, which networks need not load; among others also networks · in: messages of run.js · out: events · next: run.js
import { beginLinear } from './descent.js';
import { beginNetwork } from './native-fit.js';
import { serve } from './serve.js';

serve((engine, task) => (task.kind === 'network' ? beginNetwork : beginLinear)(engine, task));
