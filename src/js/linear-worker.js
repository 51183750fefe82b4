// linear-worker.js: linear models in a worker of their own, which networks need not load · in: messages of run.js · out: events · next: run.js
import { beginLinear } from './descent.js';
import { serve } from './serve.js';

serve(beginLinear);
