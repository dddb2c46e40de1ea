export { workerTransport, type WorkerTransportOptions } from './worker/workerTransport.ts'
