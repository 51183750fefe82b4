// worker.js: networks in a worker of their own · in: messages of run.js · out: events · next: run.js
import { beginNetwork } from './native-fit.js';
import { serve } from './serve.js';

serve(beginNetwork);
