export { expectNoOpenConnections } from './testing/expectNoOpenConnections.ts'
export { installMockEventSource } from './testing/installMockEventSource.ts'
export { type EmitOptions, MockEventSource } from './testing/MockEventSource.ts'
